"""Options of a training that measures itself."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter


@dataclass(frozen=True, kw_only=True, slots=True)
class Measuring:
    """What to measure while a run goes on, and what to do with it."""

    evaluate_every: Annotated[int | None, Parameter(name="--evaluate-every", show_default=False)] = None
    """Measure samples each time so many more images were shown, and keep the best checkpoint by it."""
    metrics: Annotated[str | None, Parameter(name="--metrics", show_default=False)] = None
    """What to measure then; by default fid,kid,prdc. The names are those of equipoise evaluate."""
    best_by: Annotated[str | None, Parameter(name="--best-by", show_default=False)] = None
    """What the best checkpoint is chosen by: a metric (by default the first), or samples/sliced_wasserstein."""
    stop_when_done: Annotated[bool, Parameter(name="--stop-when-done", negative=(), show_default=False)] = False
    """End the run, with a checkpoint, when its best is past or nothing more is to be expected."""

    def settings(self) -> dict[str, object]:
        """Those settings of training that were asked for."""
        asked = {
            "evaluate_every": self.evaluate_every,
            "evaluate_metrics": self.metrics,
            "selection": self.best_by,
            "stop_when_done": self.stop_when_done or None,
        }
        return {f"training.{name}": value for name, value in asked.items() if value is not None}
