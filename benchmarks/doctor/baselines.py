"""Simpler ways to raise an alarm, which the doctor must beat. Each tells when it would have, None if never."""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.doctor.record import Record
from equipoise.core.history import Series
from equipoise.diagnosis.trend import Conditions, Values

Baseline = Callable[[Record], int | None]
GRACE = 0.2
QUIET_UNTIL = 0.4
WORSE = 1.5
LOOKS = 5
_PERSISTENT = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Threshold:
    """One signal that must not go beyond a value. `above` says on which side the alarm lies."""

    signal: str
    above: bool
    value: float


def always(record: Record) -> int | None:
    """As soon as the fault is there."""
    return max(record.onset, 1)


def never(record: Record) -> int | None:
    """Not at all."""
    return None


def seeds_rules(record: Record) -> int | None:
    """The advice of common tutorials, taken as rules.

    D(x) within 0.6 to 0.8 and D(G(z)) within 0.3 to 0.5; a critic's loss must not rise, its distance must not stand
    still; the penalty's weight lies within 1 to 100.
    """
    weight = record.facts_at(record.rounds).number("penalty_weight")
    if weight is not None and not 1 <= weight <= 100:
        return 1
    series = record.history
    tests = [
        _lasting(series["probability/real"], lambda v: (v < 0.6) | (v > 0.8), record),
        _lasting(series["probability/fake"], lambda v: (v < 0.3) | (v > 0.5), record),
    ]
    if "wasserstein/estimate" in series:
        estimate = series["wasserstein/estimate"]
        tests.append(_lasting(estimate, _falling, record))
        tests.append(_lasting(estimate, _constant, record))
    return min((at for at in tests if at is not None), default=None)


def marginal_distance(record: Record) -> int | None:
    """The histogram of the samples moves away from that of the reals: 1.5 times what it was in a quiet time."""
    return beyond_quiet(record, "samples/marginal_distance")


def beyond_quiet(record: Record, signal: str) -> int | None:
    """That signal above 1.5 times its median between a fifth and two fifths of the run."""
    series = record.history[signal]
    quiet = (series.at > GRACE * record.rounds) & (series.at <= QUIET_UNTIL * record.rounds)
    if not quiet.any():
        return None
    level = WORSE * float(np.median(series.values[quiet]))
    return _lasting(series.since(round(QUIET_UNTIL * record.rounds)), lambda v: v > level, record)


def distance_threshold(record: Record) -> int | None:
    """The measure of quality itself (Fréchet or sliced Wasserstein) above 1.5 times its best for four looks."""
    best, spell = math.inf, 0
    for look in record.course:
        best = min(best, look.distance)
        spell = spell + 1 if not look.distance <= WORSE * best else 0
        if spell == _PERSISTENT:
            return look.at
    return None


def crossed(threshold: Threshold) -> Baseline:
    """The running median of a signal beyond a fixed value."""

    def baseline(record: Record) -> int | None:
        at, level = _level(record, threshold.signal)
        beyond = level > threshold.value if threshold.above else level < threshold.value
        return int(at[int(np.argmax(beyond))]) if beyond.any() else None

    return baseline


def best_threshold(harmed: Sequence[Record], healthy: Sequence[Record]) -> Threshold:
    """Of all signals, sides and values the one with the best mean of caught harmed and spared healthy runs."""
    names = {name for record in (*harmed, *healthy) for name in record.history.series}
    found = [_best_of(name, above, harmed, healthy) for name in sorted(names) for above in (True, False)]
    return max(found, key=lambda pair: pair[0])[1]


BASELINES: dict[str, Baseline] = {
    "always": always,
    "never": never,
    "tutorials' rules": seeds_rules,
    "marginal distance 1.5 x quiet": marginal_distance,
    "quality 1.5 x its best": distance_threshold,
}


def as_data(threshold: Threshold) -> dict[str, object]:
    """For a file."""
    return asdict(threshold)


def _best_of(name: str, above: bool, harmed: Sequence[Record], healthy: Sequence[Record]) -> tuple[float, Threshold]:
    sign = 1.0 if above else -1.0
    bad, good = (np.array([_extreme(r, name, sign) for r in records]) for records in (harmed, healthy))
    values = np.unique(np.concatenate([bad, good]))
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, Threshold(signal=name, above=above, value=math.inf)
    scores = [((bad > v).mean() + (good <= v).mean()) / 2 for v in values]
    best = int(np.argmax(scores))
    return float(scores[best]), Threshold(signal=name, above=above, value=float(sign * values[best]))


def _extreme(record: Record, name: str, sign: float) -> float:
    _, level = _level(record, name)
    return float((sign * level).max()) if len(level) else -math.inf


def _level(record: Record, name: str) -> tuple[Values, Values]:
    """Running medians after the grace period, and where each stands."""
    series = record.history[name].since(round(GRACE * record.rounds))
    if len(series) < LOOKS:
        return np.empty(0), np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(series.values, LOOKS)
    return series.at[LOOKS - 1 :].astype(np.float64), np.median(windows, axis=1)


def _lasting(series: Series, test: Callable[[Values], Conditions], record: Record) -> int | None:
    """Where a condition first held in four of five looks after the grace period."""
    kept = series.since(round(GRACE * record.rounds))
    if len(kept) < LOOKS:
        return None
    held = np.lib.stride_tricks.sliding_window_view(test(kept.values), LOOKS).sum(axis=1) >= _PERSISTENT
    return int(kept.at[int(np.argmax(held)) + LOOKS - 1]) if held.any() else None


def _falling(values: Values) -> Conditions:
    """The estimate falls, so the critic's loss rises, over ten looks."""
    before = np.concatenate([np.full(min(10, len(values)), np.inf), values[:-10]])
    return np.asarray(np.isfinite(before) & (values < 0.9 * before))


def _constant(values: Values) -> Conditions:
    before = np.concatenate([np.full(min(10, len(values)), np.nan), values[:-10]])
    return np.asarray(np.abs(values - before) < 0.02 * np.abs(before))
