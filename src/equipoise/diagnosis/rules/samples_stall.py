"""The samples have stopped getting closer to the data, far away from them."""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import level_window, running_median
from equipoise.diagnosis.rule import Rule

FAR = 0.6
"""Mean distance of sorted values over the reals' spread: what an untrained generator has, and no healthy run keeps."""
WORSE = 1.5
FEWEST_LOOKS = 8


def _examine(case: Case) -> Finding | None:
    series = case.settled("samples/marginal_distance", looks=4, share=0.2)
    if len(series) < FEWEST_LOOKS:
        return None
    level = running_median(series.values, level_window(series))
    best, now = float(level.min()), float(level[-1])
    limit = max(FAR, WORSE * best) if now < FAR else FAR
    above = level > min(limit, max(FAR, WORSE * best))
    begun = len(above) - int(np.argmin(above[::-1])) if not above.all() else 0
    if len(series) - begun < level_window(series):
        return None
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
