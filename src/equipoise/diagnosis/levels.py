"""How certain the discriminator is, read from whatever was logged of it."""

from bisect import insort
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from equipoise.core.history import NOTHING, Series
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.trend import Conditions, Values

CHANCE = {
    "minimax": 2 * np.log(2.0),
    "non_saturating": 2 * np.log(2.0),
    "hinge": 2.0,
    "least_squares": 0.5,
    "relativistic": 2 * np.log(2.0),
}
"""What the discriminator's loss is, as the sum of its real and its fake part, when it cannot tell them apart."""

HOPELESS = 1e-3
"""Share of the loss at chance below which float32 has hardly a slope left: no beginning excuses that."""
HOPELESS_LOOKS = 3
REMEMBERED = 32
"""Levels kept for rules that ask again."""

LEVEL_SHARE = 0.03
LEVEL_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """The discriminator's loss over its value at chance: 1 is a coin, 0 is certainty. `level` is its running median."""

    loss: Series
    level: Values
    chance: float
    window: int


def hopeless(reading: Doubt) -> bool:
    """The loss has been next to nothing for a while: scores are saturated, and they were never brought back."""
    return lasting(reading.level < HOPELESS, HOPELESS_LOOKS) is not None


def level_window(series: Series) -> int:
    """Over how many looks a level is taken: three per cent of the log, five at least, fewer only in shorter logs."""
    return max(1, min(max(LEVEL_LOOKS, round(LEVEL_SHARE * len(series))), (len(series) + 1) // 2))


def running_median(values: Values, window: int) -> Values:
    """Median of the newest `window` values at each look; of what there is, before that many are there."""
    return _median_of(values.tobytes(), min(window, len(values)))


@lru_cache(maxsize=REMEMBERED)
def _median_of(data: bytes, window: int) -> Values:
    """Remembered, because many rules ask for the same level of the same series."""
    values = np.frombuffer(data)
    begun, ordered = [], list[float]()
    for value in values[: window - 1].tolist():
        insort(ordered, value)
        half = len(ordered) // 2
        begun.append(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0)
    windows = np.lib.stride_tricks.sliding_window_view(values, window)
    level = np.concatenate([begun, np.median(windows, axis=1)])
    level.flags.writeable = False
    return level


def discriminator_loss(case: Case) -> Series:
    """The loss without penalties where that is known, otherwise the total; empty if neither was logged."""
    for name in ("loss/discriminator", "loss/discriminator_total"):
        if name in case.history:
            return case.history[name]
    return NOTHING


def doubt(case: Case) -> Doubt | None:
    """None where there is no loss, or its chance level is not known (a Wasserstein critic has none)."""
    loss = discriminator_loss(case)
    chance = CHANCE.get(case.objective or "")
    if chance is None or len(loss) < 3:
        return None
    chance = _written_as(loss, chance)
    window = level_window(loss)
    return Doubt(loss, running_median(loss.values, window) / chance, chance, window)


def _written_as(loss: Series, chance_of_sum: float) -> float:
    """Some log the sum of both parts and some their mean: values well above the mean's chance level tell them apart.

    A sum that never rose that high is taken for a mean, which makes every judgement milder.
    """
    mean = chance_of_sum / 2
    return chance_of_sum if float(np.quantile(loss.values, 0.95)) > 1.15 * mean else mean


def lasting(on: Conditions, window: int, *, stays: Conditions | None = None) -> int | None:
    """The look at which a level began to meet `on`, if for `window` looks at least it has met `stays` ever since.

    `stays` is the weaker condition (by default `on` itself): once begun, a spell does not end at a flicker, but half of
    its looks must meet `on`. The level is itself a median over `window` looks: what it says holds for twice that time.
    """
    weaker = on if stays is None else on | stays
    start = 0 if weaker.all() else len(weaker) - int(np.argmin(weaker[::-1]))
    spell = on[start:]
    if not spell.any():
        return None
    begun = start + int(np.argmax(spell))
    return begun if len(on) - begun >= max(window, 3) and on[begun:].mean() >= 0.5 else None
