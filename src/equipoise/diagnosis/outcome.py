"""Whether the samples get better, from whatever was measured of them."""

from typing import Literal

import numpy as np

from equipoise.core.history import Series
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.trend import noise, smoothed

Trend = Literal["better", "worse", "same"]

DISTANCES = ("quality/fid", "quality/frechet", "quality/kid", "samples/sliced_wasserstein", "samples/marginal_distance")
"""Lower is better, best judge first."""

SEEN: dict[str, Trend] = {
    "good": "better", "improving": "better", "unchanging": "same", "noise": "same", "worse": "worse",
}  # fmt: skip
"""What a person said of the samples, as a trend."""

RECENT = 1 / 3


def judged_by(case: Case) -> Series | None:
    """The best measure of the samples that this history has, None if it has none."""
    return next((case.history[name] for name in DISTANCES if len(case.history[name]) >= 4), None)


def sample_trend(case: Case) -> Trend | None:
    """Where the samples went over the last third of the looks, by more than their own noise; None if unmeasured.

    Where nothing measured them, what a person saw counts.
    """
    series = judged_by(case)
    if series is None:
        return SEEN.get(case.facts.choice("samples") or "")
    level = smoothed(series.values, half_life=2.0)
    recent = level[-max(4, round(RECENT * len(level))) :]
    change = recent[-1] - recent[0]
    slack = max(2.0 * noise(series.values) / np.sqrt(3.0), 0.03 * abs(float(recent[0])))
    if abs(change) <= slack:
        return "same"
    return "worse" if change > 0 else "better"
