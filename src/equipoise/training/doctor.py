"""What the loop asks of a doctor. What one knows, and how, is decided elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from equipoise.core.records import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Consultation:
    """What has changed since the doctor was asked last."""

    begun: tuple[Finding, ...] = ()
    """New ones, and those that have become worse."""
    over: tuple[str, ...] = ()
    """Names of those that ended."""
    announced: tuple[str, ...] = ()
    """Lines for a person; each finding is announced once at each severity."""
    trouble: tuple[str, ...] = ()
    """Rules that failed and are asked no more."""
    stop_for: Finding | None = None
    """What the run is to be stopped for, if it is."""


@runtime_checkable
class Doctor(Protocol):
    """Hears every signal, and is asked now and then what it makes of them. Never raises for a rule of its own."""

    def hear(self, images: int, signals: Mapping[str, float]) -> None:
        """One reading of some signals."""
        ...

    def consult(self) -> Consultation:
        """What is there now that was not there before."""
        ...
