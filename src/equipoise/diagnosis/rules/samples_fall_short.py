"""The samples still differ from the data in a plain statistic when a sound game has long got it right.

Alone that is a risk: a game may be slow, or its data awkward. Beside a mechanism or a setting that is known to spoil
games it is harm (see `examine`): each makes the other likelier.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.trend import Values

BEGINNING = 30
"""Looks before it is judged."""
LOOKS = 6
CLEAR = 1.0
"""Standard deviations of a look, which are 1.4 standard errors of the difference of two medians of six."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A statistic of samples beside reals, and where it is no longer that of samples of a sound game."""

    signal: str
    threshold: float
    above: bool
    label: str


BOUNDS = (
    Bound("samples/marginal_distance", 0.27, True, "distance of values, in the reals' spread"),
    Bound("samples/mean_shift", 0.43, True, "distance of the means, in the reals' spread"),
    Bound("samples/variance_ratio", 0.5, False, "variance, 1 as reals"),
    Bound("samples/diversity", 0.7, False, "distance between samples, 1 as reals"),
    Bound("samples/participation_ratio", 0.45, False, "dimensions that samples fill, 1 as reals"),
    Bound("samples/nearest_ratio", 3.5, True, "distance to the nearest sample, 1 as reals"),
    Bound("samples/nearest_ratio", 0.3, False, "distance to the nearest sample, 1 as reals"),
)
"""Of 175 healthy runs of the zoo's calibration, 2 % are beyond one of them after three fifths of the run."""


def _examine(case: Case) -> Finding | None:
    seen = shortfalls(case)
    if not seen:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.7,
        symptom="The samples differ from the data in a plain statistic, and that is not getting better.",
        since=min(evidence.first or 0 for evidence in seen),
        evidence=seen,
        explanation="Mean, spread and values are the first things that a game gets right. Where they stay wrong, "
        "something keeps the generator from following its opponent.",
        causes=(
            Cause(name="discriminator_dominates", text="The generator gets no useful slope."),
            Cause(name="critic_lags", text="The discriminator is behind and misleads it."),
            Cause(name="generator_capacity", text="The generator cannot do better."),
        ),
        remedies=(Remedy(text="look at the other findings: one of them names the mechanism"),),
    )


def shortfalls(case: Case) -> tuple[Evidence, ...]:
    """Of the statistics those that are beyond their bounds."""
    return tuple(evidence for bound in BOUNDS if (evidence := _beyond(case, bound)) is not None)


def _beyond(case: Case, bound: Bound) -> Evidence | None:
    """Beyond the bound in the median of the newest looks and of those before, and not soon within it."""
    series = case.settled(bound.signal, looks=BEGINNING - 2 * LOOKS)
    if len(series) < 2 * LOOKS:
        return None
    before, now = series.values[-2 * LOOKS : -LOOKS], series.values[-LOOKS:]
    levels = np.array([np.median(before), np.median(now)])
    noise = float(np.std([*(before - levels[0]), *(now - levels[1])]))
    if not _all_beyond(levels, bound) or _arrives(levels, bound, noise, within=len(case.history[bound.signal])):
        return None
    since, last, level = int(series.at[-2 * LOOKS]), int(series.at[-1]), float(levels[1])
    side = "above" if bound.above else "below"
    return Evidence(
        statement=f"{bound.label}, was {level:.3g}, {side} {bound.threshold:g} over {2 * LOOKS} looks",
        signal=bound.signal,
        value=level,
        threshold=bound.threshold,
        first=since,
        last=last,
    )


def _arrives(levels: Values, bound: Bound, noise: float, *, within: int) -> bool:
    """At the present pace, if it stands clear of the noise of single looks, in as many looks as there were so far."""
    if abs(levels[1] - levels[0]) < CLEAR * noise:
        return False
    pace = float(levels[1] - levels[0]) / LOOKS
    needed = bound.threshold - float(levels[1])
    return pace * needed > 0.0 and needed / pace < within


def _all_beyond(levels: Values, bound: Bound) -> bool:
    return bool(np.all(levels > bound.threshold if bound.above else levels < bound.threshold))


RULE = Rule(name="samples_fall_short", kind="symptom", examine=_examine)
