"""Samples lie much farther from one another than real ones do: between the groups of the data, or as a haze."""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.noisy_gradient import ENOUGH

WIDE = 4.5
"""Median distance to the nearest other sample over that of reals. In the zoo's calibration healthy runs pass 7 on their
way and end below 3.2."""
LOOKS = 5
LATE = 40
"""Looks before it is judged; at 25 and 35 of 50 some healthy runs of the calibration were still on their way."""
SETTLED = 0.85
"""Newest level over the one before it, above which it is no longer falling."""


def _examine(case: Case) -> Finding | None:
    series = case.settled("samples/nearest_ratio", looks=LATE - 2 * LOOKS)
    if len(series) < 2 * LOOKS:
        return None
    before, now = float(np.median(series.values[-2 * LOOKS : -LOOKS])), float(np.median(series.values[-LOOKS:]))
    if min(before, now) < WIDE or now < SETTLED * before:
        return None
    since, last = int(series.at[-2 * LOOKS]), int(series.at[-1])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.75,
        symptom="The samples are scattered where real ones lie close together.",
        since=since,
        evidence=(
            Evidence(
                statement=f"a sample is {now:.3g} times as far from its nearest neighbour as a real one is, over "
                f"{2 * LOOKS} looks",
                signal="samples/nearest_ratio",
                value=now,
                threshold=WIDE,
                first=since,
                last=last,
            ),
        ),
        explanation="The data form groups, or lie on a sheet; the samples fill the space around and between.",
        causes=_causes(case),
        remedies=(
            Remedy(text="use larger batches", setting="training.batch_size=128"),
            Remedy(text="give the discriminator more updates or more width", setting="training.d_steps=5"),
            Remedy(text="train longer with a falling learning rate", setting="training.decay=linear"),
        ),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    labels = Cause(name="labels_shuffled", text="Labels that do not belong to their samples mix the groups.")
    noise = Cause(name="noisy_gradient", text="The generator's gradient is mostly noise.")
    batch = case.facts.number("batch_size")
    return (
        *((labels,) if case.facts.flag("conditional") else ()),
        *((noise,) if batch is None or batch < ENOUGH else ()),
        Cause(name="weight_decay", text="A discriminator too weak to see the difference."),
        Cause(name="generator_capacity", text="A generator too smooth for the data."),
    )


RULE = Rule(name="samples_scattered", kind="symptom", examine=_examine)
