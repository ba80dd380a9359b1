"""A Wasserstein critic that scores everything alike.

A critic has no scale of its own, but a loss that is nothing beside the scores it is a difference of means that reals
and
fakes get the same score: real W estimates are at least a few per cent of the scores' size.
"""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, lasting, level_window, running_median
from equipoise.diagnosis.rule import Rule

NOTHING_BESIDE_THE_SCORES = 1e-4
"""|critic loss| over |generator loss|; the generator's loss is minus the mean score of fakes."""
NOTHING_AT_ALL = 1e-5


def _examine(case: Case) -> Finding | None:
    critic, generator = discriminator_loss(case), case.history["loss/generator"]
    if not case.wasserstein or len(critic) < 5 or len(critic) != len(generator):
        return None
    window = level_window(critic)
    difference = running_median(np.abs(critic.values), window)
    score = running_median(np.abs(generator.values), window)
    begun = lasting(np.asarray(difference < np.minimum(NOTHING_BESIDE_THE_SCORES * score, NOTHING_AT_ALL)), window)
    if begun is None:
        return None
    since, last = int(critic.at[begun]), int(critic.at[-1])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85,
        symptom="The critic gives real and generated samples the same score.",
        since=since,
        evidence=(
            Evidence(
                statement=f"its loss was {difference[-1]:.2g} where the scores were about {score[-1]:.2g}, "
                f"since {since:,} {case.history.unit}",
                signal="loss/discriminator",
                value=float(difference[-1]),
                threshold=NOTHING_AT_ALL,
                first=since,
                last=last,
            ),
        ),
        explanation="What reaches the generator is the critic's slope, and this critic has none.",
        causes=_causes(case),
        remedies=(
            Remedy(text="replace clipping by a gradient penalty", setting="constraints.gradient_penalty.weight=10"),
            Remedy(text="or widen the clip", setting="discriminator.weight_clip=0.1"),
            Remedy(text="or take normalisation that cannot be scaled away out of the critic"),
        ),
        measure_next=("the share of weights at the clip bound, and the gradient norm at the critic's input",),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    clip = Cause(name="clip_value", text="Weights clipped so tightly that scores vanish layer by layer.")
    frozen = Cause(name="frozen_discriminator", text="The critic does not move.")
    squashed = Cause(name="squashed_critic", text="A saturated sigmoid or tanh at the critic's end.")
    return (clip, squashed, frozen) if case.facts.number("clip_value") is not None else (squashed, clip, frozen)


RULE = Rule(name="critic_dead", kind="mechanism", examine=_examine)
