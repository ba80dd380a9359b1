"""What a person sees while a run goes on."""

import sys
import time
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from equipoise.training.plan import Budget
from equipoise.training.state import TrainState

HEADLINES = {
    "probability/real": "D(x)",
    "probability/fake": "D(G(z))",
    "wasserstein/estimate": "W",
    "penalty/gradient_penalty": "penalty",
    "penalty/one_sided_gradient_penalty": "penalty",
    "gradient_norm/gradient_penalty": "|grad|",
    "gradient_norm/one_sided_gradient_penalty": "|grad|",
    "weights/share_at_bound": "at bound",
}
"""Signals worth a place in the progress line, in order, with the names people know them by."""

RAW_SCORES = {"logits/real": "D(x)", "logits/fake": "D(G(z))"}
"""What is shown of objectives whose scores are neither probabilities nor a distance."""


@runtime_checkable
class Display(Protocol):
    """Shows a run. `update` is called at every reading, `message` for what should stay on the screen."""

    def update(self, state: TrainState, signals: Mapping[str, float]) -> None:
        """Show where the run stands."""
        ...

    def message(self, text: str) -> None:
        """Say one line."""
        ...

    def close(self) -> None:
        """Leave the screen tidy."""
        ...


def display_for(budget: Budget, *, start: TrainState) -> Display:
    """A live bar on a terminal, a line now and then elsewhere."""
    console = Console(stderr=True)
    return BarDisplay(budget, start, console) if console.is_terminal else LineDisplay(budget, start)


def headline(signals: Mapping[str, float], *, most: int = 3) -> str:
    """The two or three numbers that matter for this objective, e.g. `D(x) 0.71  D(G(z)) 0.32`."""
    names = HEADLINES if any(name in signals for name in HEADLINES) else RAW_SCORES
    return "  ".join([f"{short} {signals[name]:.3g}" for name, short in names.items() if name in signals][:most])


def duration(seconds: float) -> str:
    """`75` to `1:15`, `3725` to `1:02:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class _Pace:
    """Rate since this session began, and the time left at that rate."""

    def __init__(self, budget: Budget, start: TrainState) -> None:
        self._budget, self._share, self._images = budget, budget.share_used(start), start.images_seen
        self._began = time.monotonic()
        self._headline = ""

    def read(self, state: TrainState, signals: Mapping[str, float]) -> tuple[float, str]:
        """Share of the budget used, and a line: images so far, images a second, time left, the headline signals."""
        passed = time.monotonic() - self._began
        share = self._budget.share_used(state)
        gained = share - self._share
        left = duration(passed * (1.0 - share) / gained) if gained > 0 else "?"
        rate = (state.images_seen - self._images) / max(passed, 1e-9)
        self._headline = headline(signals) or self._headline
        return share, f"{state.images_seen:,} images  {rate:,.0f}/s  {left} left  {self._headline}"


class BarDisplay:
    """A progress bar with images a second, time left and the objective's own numbers."""

    def __init__(self, budget: Budget, start: TrainState, console: Console) -> None:
        self._pace = _Pace(budget, start)
        self._bar = Progress(
            BarColumn(bar_width=24), TaskProgressColumn(), TextColumn("{task.description}"), console=console
        )
        self._bar.start()
        self._task = self._bar.add_task("starting", total=1.0)

    def update(self, state: TrainState, signals: Mapping[str, float]) -> None:
        """Move the bar."""
        share, text = self._pace.read(state, signals)
        self._bar.update(self._task, completed=share, description=text)

    def message(self, text: str) -> None:
        """Say one line above the bar."""
        self._bar.console.print(text, highlight=False, markup=False)

    def close(self) -> None:
        """Stop drawing."""
        self._bar.stop()


class LineDisplay:
    """For logs and pipes: a line at every tenth of the budget, on standard error."""

    def __init__(self, budget: Budget, start: TrainState) -> None:
        self._pace = _Pace(budget, start)
        self._tenth = _tenth(budget.share_used(start))

    def update(self, state: TrainState, signals: Mapping[str, float]) -> None:
        """Print a line when another tenth has passed."""
        share, text = self._pace.read(state, signals)
        if _tenth(share) > self._tenth:
            self._tenth = _tenth(share)
            self.message(f"{share:4.0%}  {text}")

    def message(self, text: str) -> None:
        """Say one line."""
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing to tidy."""


def _tenth(share: float) -> int:
    return int(10 * share + 1e-9)  # 0.3 counts as three tenths, however it is rounded


class SilentDisplay:
    """For callers that want no output."""

    def update(self, state: TrainState, signals: Mapping[str, float]) -> None:
        """Show nothing."""

    def message(self, text: str) -> None:
        """Say nothing."""

    def close(self) -> None:
        """Nothing to tidy."""
