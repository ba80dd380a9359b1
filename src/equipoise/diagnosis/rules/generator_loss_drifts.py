"""A Wasserstein generator's loss has no zero and no unit."""

import numpy as np

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm, course
from equipoise.diagnosis.rule import Rule

NOTICEABLE = 1.0


def _examine(case: Case) -> Finding | None:
    series = case.history["loss/generator"]
    if not case.wasserstein or len(series) < 3 or float(np.abs(series.values).max()) < NOTICEABLE:
        return None
    return calm(
        RULE.name,
        "The generator's loss drifts, far from 0 and of either sign: that means nothing.",
        "A critic may add any constant to all its scores without changing its own loss. Only differences of scores at "
        "one time can be read, and losses of different runs cannot be compared.",
        course(case, "loss/generator", series, "the generator's loss"),
    )


RULE = Rule(name="generator_loss_drifts", kind="reassurance", examine=_examine)
