"""When to stop: is a run still getting better, by how much an hour, or has it been getting worse, and since when?

It reads a series of a metric that is lower for better (a distance to data), on a logarithmic scale, where the noise of
such metrics is about the same throughout. It needs numpy, not torch.
"""

from dataclasses import dataclass
from math import erf, exp, expm1, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.core.errors import SettingError
from equipoise.core.history import Series

Values = NDArray[np.float64]
State = Literal["too early", "improving", "flat", "worsening"]

JUDGEABLE = (
    "quality/fid",
    "quality/frechet",
    "quality/fid_infinity",
    "quality/frechet_infinity",
    "quality/fid_by_class",
    "quality/frechet_by_class",
    "quality/swd",
    "samples/sliced_wasserstein",
)
"""Signals that are lower for better and stay above 0, best judge first."""

WINDOW = 5
"""Looks in a level: their median is the smoothed metric. `benchmarks/stopping` measures what these constants do."""

FEWEST = 2 * WINDOW
"""Looks before anything is said."""

SURE = 0.99
"""Confidence at which a worsening is believed."""

WORTHWHILE = 0.10
"""A worsening of the level by less than this share is left alone, however sure."""

FLAT_SHARE = 0.5
"""Nothing gained in this newest share of the looks, and none to be expected in as many more, is flat."""

LARGEST_RISE = log(1000.0)
"""A trend that promises more than this is no promise: the hour is far longer than the run."""

SMALLEST_GAIN = 0.02
"""Less than this share of the metric, over as long again as the newest looks took, is not worth waiting for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """What a series of a metric says about going on.

    `level` is the median of the newest looks and `best_level` the lowest such median so far, around `best_at`.
    `gain_per_hour` is the expected fall of the metric in the next hour by its newest trend (negative: it rises), with
    `gain_error`; both are None where the time between looks is unknown. `confidence` is that of `state` being a
    worsening since `worse_since`.
    """

    state: State
    looks: int
    best_at: int
    best_value: float
    level: float
    best_level: float
    noise: float
    worse_since: int | None
    confidence: float
    gain_per_hour: float | None
    gain_error: float | None

    @property
    def stop(self) -> bool:
        """Whether going on is no longer expected to pay."""
        return self.state in ("flat", "worsening")

    def sentence(self, unit: str = "images") -> str:
        """The advice in words."""
        best = f"Best was {self.best_value:.4g} at {self.best_at:,} {unit}"
        pace = "" if self.gain_per_hour is None else f"; expected gain {self.gain_per_hour:.2g} an hour{self._error()}"
        if self.state == "too early":
            return f"Only {self.looks} looks so far: too early to say when to stop."
        if self.state == "worsening":
            since = f"since {self.worse_since:,} {unit}" if self.worse_since is not None else "by now"
            return (
                f"{best}; it has been getting worse {since} (confidence {self.confidence:.1%}), from a level of "
                f"{self.best_level:.4g} to {self.level:.4g}. Stop, and keep the best checkpoint."
            )
        if self.state == "flat":
            return f"{best}; nothing was gained since, and little is to be expected{pace}. Stop, or change something."
        return f"{best}, and it is still improving{pace}. Go on."

    def _error(self) -> str:
        return "" if self.gain_error is None else f" (+- {self.gain_error:.1g})"


def stop_advice(series: Series, *, seconds_per_look: float | None = None) -> Advice:
    """Judge `series`, lower for better and above 0, at its newest look.

    Raises:
        SettingError: no value, or one that is not above 0.
    """
    if len(series) == 0 or float(series.values.min()) <= 0:
        raise SettingError("Advice on stopping needs a metric that is above 0 and lower for better, such as FID.")
    logs: Values = np.log(series.values)
    levels, noise = _levels(logs), _noise(logs)
    best = int(np.argmin(levels))
    slope, slope_error = _trend(logs)
    confidence = _confidence(logs, levels, best, noise)
    state = _state(levels, best, confidence, slope)
    hour = None if seconds_per_look is None else 3600 / seconds_per_look
    lowest = int(np.argmin(series.values))
    return Advice(
        state=state,
        looks=len(series),
        best_at=int(series.at[lowest]),
        best_value=float(series.values[lowest]),
        level=exp(levels[-1]),
        best_level=exp(levels[best]),
        noise=noise,
        worse_since=int(series.at[best]) if state == "worsening" else None,
        confidence=confidence,
        gain_per_hour=None if hour is None else _gain(exp(levels[-1]), slope * hour),
        gain_error=None if hour is None else exp(levels[-1]) * slope_error * hour,
    )


def look_seconds(series: Series, images: int, seconds: float) -> float | None:
    """Training time from one look to the next, where `images` took `seconds`; None before the second look."""
    if len(series) < 2 or images == 0:
        return None
    return seconds / images * float(series.at[-1] - series.at[0]) / (len(series) - 1)


def stopping_look(series: Series) -> int | None:
    """The number of the first look at which the advice, given only what was known then, was to stop; None if never."""
    for looks in range(FEWEST, len(series) + 1):
        if stop_advice(Series(series.at[:looks], series.values[:looks])).stop:
            return looks - 1
    return None


def _levels(logs: Values) -> Values:
    """Median of each look and those before it, `WINDOW` in all; the first few have fewer."""
    return np.array([np.median(logs[max(0, end - WINDOW) : end]) for end in range(1, len(logs) + 1)])


def _noise(logs: Values) -> float:
    """Standard deviation of a look about its trend, from second differences, which a straight trend leaves at 0."""
    if len(logs) < 3:
        return 0.0
    return float(1.4826 * np.median(np.abs(np.diff(logs, n=2))) / sqrt(6.0))


def _trend(logs: Values) -> tuple[float, float]:
    """Median slope a look (Theil and Sen) over the newest half of the looks, and its standard error."""
    recent = logs[-max(FEWEST, len(logs) // 2) :]
    rows, columns = np.triu_indices(len(recent), k=1)
    if len(rows) == 0:
        return 0.0, 0.0
    slope = float(np.median((recent[columns] - recent[rows]) / (columns - rows)))
    count = len(recent)
    return slope, _noise(recent) * sqrt(12.0 / (count * (count**2 - 1)))


def _gain(level: float, change: float) -> float | None:
    """By how much the metric falls when its logarithm changes by `change`; None for a rise beyond all bounds."""
    return level * -expm1(change) if change < LARGEST_RISE else None


def _confidence(logs: Values, levels: Values, best: int, noise: float) -> float:
    """That the newest looks are worse than the best ones: a normal test of the difference of two medians.

    The best level was chosen for being the lowest, so luck makes it look better than it was: for that the expected
    minimum of so many independent levels is taken off first.
    """
    since = logs[best + 1 :]
    if len(since) < WINDOW:
        return 0.0
    error = max(noise, 1e-12) * sqrt(np.pi / 2 / WINDOW)
    luck = error * sqrt(2 * log(max(2.0, len(logs) / WINDOW)))
    shift = (levels[-1] - levels[best] - luck) / (error * sqrt(2.0))
    return 0.5 * (1 + erf(shift / sqrt(2.0)))


def _state(levels: Values, best: int, confidence: float, slope: float) -> State:
    looks = len(levels)
    if looks < FEWEST:
        return "too early"
    if confidence >= SURE and levels[-1] - levels[best] >= log(1.0 + WORTHWHILE):
        return "worsening"
    waited = looks - 1 - best
    if waited >= max(FEWEST, FLAT_SHARE * looks) and -slope * waited < SMALLEST_GAIN:
        return "flat"
    return "improving"
