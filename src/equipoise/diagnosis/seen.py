"""Evidence from a series, worded the same way by every rule."""

from dataclasses import dataclass, field

import numpy as np

from equipoise.core.history import Series
from equipoise.core.records import Evidence
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import lasting, level_window, running_median
from equipoise.diagnosis.trend import Conditions, Values, persistent

FEWEST = 3
"""Looks below which nothing is said of a signal."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A condition that holds now: since when, and what shows it."""

    since: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one signal, which `label` names for people.

    `release` is the weaker bound within which a condition that has begun goes on (hysteresis). `looks` and `share` are
    the grace period, see `Case.settled`. `needed` of the last `of` looks must be beyond it. With `less`, another signal
    taken at the same looks, their difference is judged; where that one is unknown nothing is said.
    """

    signal: str
    threshold: float
    above: bool = field(kw_only=True)
    label: str = field(kw_only=True)
    release: float | None = field(kw_only=True, default=None)
    looks: int = field(kw_only=True, default=0)
    share: float = field(kw_only=True, default=0.0)
    needed: int = field(kw_only=True, default=4)
    of: int = field(kw_only=True, default=5)
    less: str | None = field(kw_only=True, default=None)


def stays_beyond(case: Case, limit: Limit) -> Seen | None:
    """The signal's running median is beyond the limit and has been for as long as a level takes to be believed."""
    series = _series(case, limit)
    if len(series) < FEWEST:
        return None
    window = level_window(series)
    level = running_median(series.values, window)
    begun = lasting(_beyond(level, limit.threshold, limit.above), window)
    return None if begun is None else _worded(case, limit, series, begun, float(level[-1]))


def often_beyond(case: Case, limit: Limit) -> Seen | None:
    """The signal was beyond the limit in `needed` of the last `of` looks, and has not come back past `release`."""
    series = _series(case, limit)
    if len(series) < limit.needed:
        return None
    weaker = limit.threshold if limit.release is None else limit.release
    spell = persistent(
        _beyond(series.values, limit.threshold, limit.above),
        needed=limit.needed,
        of=limit.of,
        stays=_beyond(series.values, weaker, limit.above),
    )
    level = float(np.median(series.values[-limit.of :]))
    return None if spell is None else _worded(case, limit, series, spell.first, level)


def _series(case: Case, limit: Limit) -> Series:
    series = case.settled(limit.signal, looks=limit.looks, share=limit.share)
    if limit.less is None:
        return series
    other = case.history[limit.less]
    shared = np.isin(series.at, other.at)
    taken = other.values[np.searchsorted(other.at, series.at[shared])]
    return Series(series.at[shared], series.values[shared] - taken, series.broken_at)


def _beyond(values: Values, threshold: float, above: bool) -> Conditions:
    return values > threshold if above else values < threshold


def _worded(case: Case, limit: Limit, series: Series, begun: int, level: float) -> Seen:
    since, last = int(series.at[begun]), int(series.at[-1])
    side = "above" if limit.above else "below"
    statement = (
        f"{limit.label} was {level:.3g} (median of the last looks), {side} {limit.threshold:.3g} "
        f"since {since:,} {case.history.unit}"
    )
    evidence = Evidence(
        statement=statement, signal=limit.signal, value=level, threshold=limit.threshold, first=since, last=last
    )
    return Seen(since, evidence)
