"""Reading a run folder, also while it is being written. Needs no torch."""

from dataclasses import dataclass
from pathlib import Path

from equipoise.core.entries import Entry, journal_entries
from equipoise.core.errors import SettingError
from equipoise.core.facts import Facts
from equipoise.core.history import History, HistoryBuilder
from equipoise.core.layout import RunLayout


@dataclass(frozen=True, kw_only=True, slots=True)
class RunHistory:
    """What the journal of a run says so far: its signals, what is known of its set-up, and what happened."""

    signals: History
    facts: Facts
    events: tuple[Entry, ...]
    images: int
    seconds: float


def read_history(run: Path) -> RunHistory:
    """The journal, whole. A last line that is still being written is left for the next reading.

    Raises:
        RunFolderError: there is no journal, or a line of it is damaged.
    """
    builder = HistoryBuilder()
    facts, events, images, seconds = Facts(), [], 0, 0.0
    for entry in journal_entries(RunLayout(run).journal):
        images, seconds = entry["images"], entry["seconds"]
        builder.add(images, entry.pop("signals"))
        if "event" in entry:
            events.append(entry)
        if entry.get("event") in ("started", "resumed"):
            builder.planned = entry.get("planned", builder.planned)
            facts = _facts(entry, facts)
    return RunHistory(signals=builder.history(), facts=facts, events=tuple(events), images=images, seconds=seconds)


def newest_picture(run: Path) -> Path | None:
    """The latest sample grid, or None before the first."""
    return max(RunLayout(run).samples.glob("*.png"), default=None)


def _facts(entry: Entry, before: Facts) -> Facts:
    """The facts of a session's beginning; those of a version with other words are not known."""
    try:
        return before.joined(entry.get("facts") or {})
    except SettingError:
        return before
