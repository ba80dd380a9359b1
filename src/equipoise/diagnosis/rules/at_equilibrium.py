"""A discriminator at chance, after it had been better, with samples that match."""

import numpy as np

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import doubt
from equipoise.diagnosis.outcome import judged_by, sample_trend
from equipoise.diagnosis.reassuring import calm, course
from equipoise.diagnosis.rule import Rule

NEAR_CHANCE = 0.05


def _examine(case: Case) -> Finding | None:
    reading, judged = doubt(case), judged_by(case)
    if reading is None or judged is None or sample_trend(case) == "worse":
        return None
    arrived = float(reading.level.min()) < 1 - 3 * NEAR_CHANCE
    if (
        not arrived
        or abs(float(reading.level[-1]) - 1.0) > NEAR_CHANCE
        or judged.last > 0.5 * float(np.max(judged.values))
    ):
        return None
    return calm(
        RULE.name,
        "The discriminator is guessing, and the samples came close to the data: this is the equilibrium.",
        "With D(x) and D(G(z)) near one half both losses stand still and gradients are small. That is where a "
        "fair game "
        "ends, not a failure of the discriminator.",
        course(case, "loss/discriminator", reading.loss, "the discriminator's loss"),
    )


RULE = Rule(name="at_equilibrium", kind="reassurance", examine=_examine, silences=("no_game", "noisy_gradient"))
