"""The loss of a Wasserstein critic is minus its estimate of the distance."""

import numpy as np

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss
from equipoise.diagnosis.reassuring import calm, course
from equipoise.diagnosis.rule import Rule


def _examine(case: Case) -> Finding | None:
    series = discriminator_loss(case)
    if not case.wasserstein or len(series) < 3 or float(np.mean(series.values < 0)) < 0.5:
        return None
    return calm(
        RULE.name,
        "The critic's loss is negative: it should be.",
        "It is minus the estimated Wasserstein distance, plus the penalty. Large and negative early, it rises "
        "towards 0 as "
        "the samples get better.",
        course(case, "loss/discriminator", series, "the critic's loss"),
    )


RULE = Rule(name="critic_loss_negative", kind="reassurance", examine=_examine)
