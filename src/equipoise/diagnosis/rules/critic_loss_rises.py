"""The Wasserstein estimate shoots up while the critic learns, and then falls: so the critic's loss rises.

In all healthy Wasserstein runs of the calibration it peaked early and fell afterwards.
"""

import numpy as np

from equipoise.core.history import Series
from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, level_window, running_median
from equipoise.diagnosis.reassuring import calm, course
from equipoise.diagnosis.rule import Rule

EARLY = 0.35
FALLEN = 0.8


def _examine(case: Case) -> Finding | None:
    if not case.wasserstein:
        return None
    name = "wasserstein/estimate" if "wasserstein/estimate" in case.history else "loss/discriminator"
    series = case.history[name] if name == "wasserstein/estimate" else _estimate(discriminator_loss(case))
    if len(series) < 6:
        return None
    level = running_median(series.values, level_window(series))
    peak = int(np.argmax(level))
    if peak > EARLY * len(level) or not 0 < level[-1] < FALLEN * level[peak]:
        return None
    return calm(
        RULE.name,
        f"The Wasserstein estimate peaked early at {level[peak]:.3g} and has fallen to {level[-1]:.3g}, so the "
        f"critic's "
        "loss rises: that is progress.",
        "The critic first learns to tell noise from data, which drives the estimate up; from then on the "
        "generator brings "
        "it down. What would be bad is an estimate that grows without bound, or one below 0.",
        course(case, name, series, "the estimate"),
    )


def _estimate(loss: Series) -> Series:
    return Series(loss.at, -loss.values)


RULE = Rule(name="critic_loss_rises", kind="reassurance", examine=_examine, if_all_is_well=True)
