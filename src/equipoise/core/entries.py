"""Reading the journal of a run, also while it is being written. docs/run-folder.md describes it for readers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from equipoise.core.errors import RunFolderError

Entry = dict[str, Any]


def journal_entries(path: Path) -> Iterator[Entry]:
    """One line after the other, `images` and `seconds` as numbers. A last line that is still being written is left out.

    Raises:
        RunFolderError: there is no journal, or a line of it is damaged.
    """
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.endswith(b"\n"):
                    yield _entry(line, path, number)
    except OSError as error:
        raise RunFolderError(f"{path.parent} is no run folder: cannot read {path.name} ({error.strerror}).") from error


def _entry(line: bytes, path: Path, number: int) -> Entry:
    try:
        entry = json.loads(line)
        signals = {name: float(value) for name, value in entry.get("signals", {}).items()}
        return {**entry, "images": int(entry["images"]), "seconds": float(entry["seconds"]), "signals": signals}
    except (ValueError, TypeError, KeyError, AttributeError):
        pass  # reported below, like a line that is JSON but no entry
    raise RunFolderError(f"{path}, line {number}, is damaged: {line[:60]!r}.")
