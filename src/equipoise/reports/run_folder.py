"""Reading a run folder, also while it is being written. Needs no torch."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import RunFolderError
from equipoise.core.layout import RunLayout
from equipoise.core.records import Signal

Series = dict[str, list[Signal]]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunHistory:
    """What the journal of a run says so far."""

    series: Series
    events: tuple[dict[str, object], ...]
    images: int
    seconds: float


def read_history(run: Path) -> RunHistory:
    """The journal, whole. A last line that is still being written is left for the next reading.

    Raises:
        RunFolderError: there is no journal, or a line of it is damaged.
    """
    path = RunLayout(run).journal
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunFolderError(f"{run} is no run folder: cannot read {path.name} ({error.strerror}).") from error
    series: Series = {}
    events = []
    images, seconds = 0, 0.0
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        entry = _entry(line, path, number)
        images, seconds = entry["images"], entry["seconds"]
        if "event" in entry:
            events.append(entry)
        for name, value in entry.get("signals", {}).items():
            series.setdefault(name, []).append(Signal(name=name, value=float(value), images=images))
    return RunHistory(series=series, events=tuple(events), images=images, seconds=seconds)


def newest_picture(run: Path) -> Path | None:
    """The latest sample grid, or None before the first."""
    return max(RunLayout(run).samples.glob("*.png"), default=None)


def _entry(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        return {**entry, "images": int(entry["images"]), "seconds": float(entry["seconds"])}
    except (ValueError, TypeError, KeyError):
        pass  # reported below, like a line that is JSON but no entry
    raise RunFolderError(f"{path}, line {number}, is damaged: {line[:60]!r}.")
