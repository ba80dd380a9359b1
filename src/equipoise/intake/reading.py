"""What was understood of a log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from equipoise.core.facts import Facts
from equipoise.core.history import History

RUN_FOLDER = "equipoise run folder"
"""The format of our own runs, which are whole from their first reading on."""
Source = Literal["given", "file", "notes", "log", "guess"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnReading:
    """One column of a log: the signal it was taken for, None if it is not used, and how its numbers were read."""

    name: str
    signal: str | None
    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a fact comes from, and why it is believed."""

    source: Source
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LogReading:
    """A log as the rules can use it. `facts` holds what was given, what the log says and what was guessed, joined."""

    history: History
    facts: Facts
    origins: Mapping[str, Origin]
    columns: tuple[ColumnReading, ...]
    rows: int
    format: str
    notes: tuple[str, ...]
