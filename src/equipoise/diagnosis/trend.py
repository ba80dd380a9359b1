"""Levels, spells and trends of a series. All are causal: a value depends on nothing that came after it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Conditions = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spell:
    """A condition that held for long enough and has not ended: looks `first` (where it began) to the newest."""

    first: int
    held: int
    """How many of the looks since then met it."""


def smoothed(values: Values, *, half_life: float = 3.0) -> Values:
    """Exponential moving average with bias correction; `half_life` counts looks."""
    keep = 0.5 ** (1.0 / half_life)
    total, weight = 0.0, 0.0
    out = np.empty_like(values)
    for index, value in enumerate(values.tolist()):
        total, weight = keep * total + value, keep * weight + 1.0
        out[index] = total / weight
    return out


def persistent(on: Conditions, *, needed: int = 4, of: int = 5, stays: Conditions | None = None) -> Spell | None:
    """The spell that lasts at the newest look: it began when `needed` of the last `of` looks met `on`.

    Once begun it ends when fewer than `needed` of the last `of` looks meet `stays`, a weaker condition (by default `on`
    itself): hysteresis, so that a value near the threshold does not flicker.
    """
    if len(on) < needed:
        return None
    starts = _count_of_last(on, of) >= needed
    lasts = _count_of_last(on if stays is None else stays | on, of) >= needed
    first = None
    for look, (begins, goes_on) in enumerate(zip(starts.tolist(), lasts.tolist(), strict=True)):
        if first is None and begins:
            window = on[max(0, look - of + 1) : look + 1]
            first = max(0, look - of + 1) + int(np.argmax(window))
        elif first is not None and not goes_on:
            first = None
    return None if first is None else Spell(first, int(on[first:].sum()))


def theil_sen(values: Values, *, window: int = 20) -> float:
    """Median slope per look over the newest `window` looks; 0 if there are fewer than three. Robust to spikes."""
    recent = values[-window:]
    if len(recent) < 3:
        return 0.0
    rows, columns = np.triu_indices(len(recent), k=1)
    return float(np.median((recent[columns] - recent[rows]) / (columns - rows)))


def noise(values: Values) -> float:
    """Spread of the looks around their neighbours, insensitive to trend: scaled median absolute difference."""
    if len(values) < 2:
        return 0.0
    return float(1.4826 * np.median(np.abs(np.diff(values))) / np.sqrt(2.0))


def _count_of_last(conditions: Conditions, of: int) -> NDArray[np.int64]:
    """For each look, how many of the last `of` looks (itself included) met the condition."""
    totals = np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), conditions.astype(np.int64)]))
    ends = np.arange(1, len(conditions) + 1)
    return np.asarray(totals[ends] - totals[np.maximum(ends - of, 0)])
