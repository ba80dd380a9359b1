"""The stop adviser of a run: hears the metric that selects, and says when going on no longer pays."""

from collections.abc import Iterable, Mapping

from equipoise.control.stopping import Advice, look_seconds, stop_advice
from equipoise.core.entries import Entry
from equipoise.core.history import HistoryBuilder
from equipoise.recipes.schema import Recipe
from equipoise.training.plan import Budget, Plan
from equipoise.training.progress import duration
from equipoise.training.state import TrainState
from equipoise.training.stopping import EndOfRun


class RunStopAdviser:
    """Keeps the series of one signal. It ends the run only where `stop_when_done` asked for that."""

    def __init__(self, signal: str, budget: Budget, *, stop_when_done: bool) -> None:
        self._signal, self._budget, self._ends_runs = signal, budget, stop_when_done
        self._builder = HistoryBuilder()

    def recall(self, entries: Iterable[Entry]) -> None:
        """Learn from a journal what was measured before the run was resumed."""
        for entry in entries:
            self.hear(entry["images"], entry["signals"])

    def hear(self, images: int, signals: Mapping[str, float]) -> None:
        """One reading of some signals."""
        if self._signal in signals:
            self._builder.add(images, {self._signal: signals[self._signal]})

    def end(self, state: TrainState) -> EndOfRun | None:
        """Why the run should end; None where it should go on, or where nobody asked."""
        series = self._builder.history()[self._signal]
        if not self._ends_runs or len(series) == 0 or float(series.values.min()) <= 0:
            return None
        advice = stop_advice(series, seconds_per_look=look_seconds(series, state.images_seen, state.seconds))
        return _end(advice, self._signal, self._budget.share_used(state), state.seconds) if advice.stop else None


def stop_adviser(recipe: Recipe, plan: Plan, before: Iterable[Entry]) -> RunStopAdviser:
    """The one of a run, who remembers what its journal told before it was resumed."""
    adviser = RunStopAdviser(plan.selection.signal, plan.budget, stop_when_done=recipe.training.stop_when_done)
    adviser.recall(before)
    return adviser


def _end(advice: Advice, signal: str, share_used: float, seconds: float) -> EndOfRun:
    saved = seconds * (1.0 / share_used - 1.0)
    return EndOfRun(
        sentence=f"By {signal}: {advice.sentence()} {1 - share_used:.0%} of the planned run, "
        f"about {duration(saved)}, is saved.",
        details={
            "selection": signal,
            "verdict": advice.state,
            "best_at": advice.best_at,
            "best": advice.best_value,
            "worse_since": advice.worse_since,
            "confidence": advice.confidence,
            "share_saved": 1.0 - share_used,
            "seconds_saved": saved,
        },
    )
