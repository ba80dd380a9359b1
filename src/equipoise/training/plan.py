"""How long a run lasts, and how often it looks up from its work."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.core.errors import SettingError
from equipoise.training.state import TrainState


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """Until when to train, over all resumptions of a run: images shown, seconds of training, or whichever is first."""

    images: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.images is None and self.seconds is None:
            raise SettingError("A run needs a budget: give `images`, `seconds` or both.")
        for name, value in (("images", self.images), ("seconds", self.seconds)):
            if value is not None and value <= 0:
                raise SettingError(f"The budget's `{name}` is {value}; it must be above 0.")

    def share_used(self, state: TrainState) -> float:
        """0 at the start, 1 when the run is over."""
        used = [0.0]
        if self.images is not None:
            used.append(state.images_seen / self.images)
        if self.seconds is not None:
            used.append(state.seconds / self.seconds)
        return min(1.0, max(used))


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """The signal by which one checkpoint is better than another."""

    signal: str = "samples/sliced_wasserstein"
    higher_is_better: bool = False

    def of(self, signals: Mapping[str, float]) -> float | None:
        """Its value, with a minus where higher is better, so that the lowest is the best; None if not measured."""
        value = signals.get(self.signal)
        return -value if value is not None and self.higher_is_better else value


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Cadences. None of them changes a weight: a run looked at more often is the same run.

    `read_every` counts generator updates between two readings of the signals, `probe_every` between two probes of the
    players, after which the doctor is asked; `looks` is the number of times over the
    budget that samples are drawn and measured; `evaluate_every` counts images between two evaluations, None is never;
    `checkpoint_seconds` is the most that a killed process can lose. `ema_half_life` counts images.
    """

    budget: Budget
    ema_half_life: int = 10_000
    read_every: int = 20
    probe_every: int = 200
    looks: int = 40
    checkpoint_seconds: float = 60.0
    evaluate_every: int | None = None
    selection: Selection = field(default_factory=Selection)

    def evaluates_between(self, before: int, now: int) -> bool:
        """Whether one is due after these images. A resumed run evaluates where the whole one would have."""
        return self.evaluate_every is not None and before // self.evaluate_every < now // self.evaluate_every


class Cadence:
    """Due whenever `every` more has passed on some clock (seconds, share of the budget)."""

    def __init__(self, *, every: float, since: float) -> None:
        self._every, self._last = every, since

    def due(self, now: float) -> bool:
        """True once for each interval; a late call does not make up for the ones missed."""
        if now < self._last + self._every:
            return False
        self._last = now
        return True


class Stopwatch:
    """Training time of a run, going on from what earlier sessions of it took."""

    def __init__(self, already: float) -> None:
        self._start = time.monotonic() - already

    def seconds(self) -> float:
        """Seconds of training, earlier sessions included."""
        return time.monotonic() - self._start
