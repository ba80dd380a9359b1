"""The journal of a run: one JSON object a line, appended while the run goes on, readable by anybody at any time.

Two kinds of line: `{"images": ..., "seconds": ..., "signals": {name: value}}` and `{"images": ..., "seconds": ...,
"event": ..., ...}`. A value that is not finite is written as the string "nan", "inf" or "-inf", so that every line is
strict JSON.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

from equipoise.core.errors import RunFolderError
from equipoise.training.state import TrainState


class Journal:
    """Appends to one file and flushes each line. `offset` names the place that a checkpoint remembers."""

    def __init__(self, path: Path, *, resume_at: int | None = None) -> None:
        """Open for appending. `resume_at` drops what a killed run wrote after its last checkpoint."""
        try:
            self._file = path.open("ab")
        except OSError as error:
            raise RunFolderError(
                f"Cannot write the journal {path}: {error.strerror}. Choose a folder you own."
            ) from error
        if resume_at is not None:
            self._file.truncate(min(resume_at, self._file.tell()))  # a journal cut short is not filled up with zeros
            self._file.seek(0, os.SEEK_END)

    @property
    def offset(self) -> int:
        """Bytes written so far."""
        return self._file.tell()

    def signals(self, state: TrainState, values: Mapping[str, float]) -> None:
        """One reading of every signal."""
        self._append(state, {"signals": {name: _strict(value) for name, value in values.items()}})

    def event(self, state: TrainState, name: str, **details: object) -> None:
        """Something that happened once: a start, a checkpoint, a finding, the end. `details` are plain JSON values."""
        self._append(state, {"event": name, **{key: _strict(value) for key, value in details.items()}})

    def _append(self, state: TrainState, entry: dict[str, object]) -> None:
        line = {"images": state.images_seen, "seconds": round(state.seconds, 3), **entry}
        self._file.write(json.dumps(line, allow_nan=False).encode() + b"\n")
        self._file.flush()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _strict(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(entry) for entry in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value
