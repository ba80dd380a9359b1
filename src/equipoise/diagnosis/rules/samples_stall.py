"""The samples have stopped getting closer to the data, far away from them."""

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import lasting, level_window, running_median
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule

FAR = 0.6
"""Mean distance of sorted values over the reals' spread. Untrained generators have 0.5 to 1. In the zoo's calibration
no healthy run ended above 0.48 and half of the harmed ones ended above 0.6.
"""
FEWEST_LOOKS = 6
BEGINNING = 25
"""Looks before it is judged: a conditional game may wander for half of its way before it finds its modes."""


def _examine(case: Case) -> Finding | None:
    series = case.settled("samples/marginal_distance", looks=BEGINNING)
    if len(series) < FEWEST_LOOKS:
        return None
    window = level_window(series)
    level = running_median(series.values, window)
    begun = lasting(level > FAR, window)
    if begun is None or sample_trend(case) == "better":
        return None
    best, now = float(level.min()), float(level[-1])
    since = int(series.at[begun])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85,
        symptom="The samples stay far from the data.",
        since=since,
        evidence=(
            Evidence(
                statement=f"the distance of values is {now:.3g} of the data's spread (best {best:.3g})",
                signal="samples/marginal_distance",
                value=now,
                threshold=FAR,
                first=since,
                last=int(series.at[-1]),
            ),
        ),
        explanation="Compared value by value, generated samples are as far from real ones as those of an untrained "
        "generator.",
        causes=(
            Cause(name="discriminator_dominates", text="The generator gets no useful slope."),
            Cause(name="critic_lags", text="The discriminator is behind and misleads it."),
            Cause(name="generator_capacity", text="The generator cannot do better."),
        ),
        remedies=(Remedy(text="look at the other findings: one of them names the mechanism"),),
    )


RULE = Rule(name="samples_stall", kind="symptom", examine=_examine)
