"""What the loop asks of a stop adviser. What one knows, and how, is decided elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from equipoise.training.state import TrainState


@dataclass(frozen=True, kw_only=True, slots=True)
class EndOfRun:
    """That going on is no longer expected to pay: in words, and as plain JSON values for the journal."""

    sentence: str
    details: Mapping[str, object]


@runtime_checkable
class StopAdviser(Protocol):
    """Hears what was measured of the samples, and says when a run has reached what it will reach."""

    def hear(self, images: int, signals: Mapping[str, float]) -> None:
        """One reading of some signals."""
        ...

    def end(self, state: TrainState) -> EndOfRun | None:
        """Why the run should end now; None while it should go on, or where nobody asked to end it early."""
        ...
