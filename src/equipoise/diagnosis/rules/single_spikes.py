"""Single readings far from their neighbours."""

import numpy as np

from equipoise.core.records import Evidence, Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss
from equipoise.diagnosis.reassuring import calm
from equipoise.diagnosis.rule import Rule

FAR = 10.0
"""In units of the median absolute deviation from a median over five looks."""


def _examine(case: Case) -> Finding | None:
    series = discriminator_loss(case)
    if len(series) < 20:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(series.values, 5)
    away = np.abs(series.values[2:-2] - np.median(windows, axis=1))
    usual = float(np.median(away))
    spikes = np.flatnonzero(away > FAR * max(usual, 1e-12))
    if usual == 0.0 or not 0 < len(spikes) <= 0.05 * len(away):
        return None
    last = int(series.at[2 + int(spikes[-1])])
    return calm(
        RULE.name,
        f"{len(spikes)} single readings of the discriminator's loss stand out: no rule counts them.",
        "One unlucky batch does that. A finding needs a condition to last.",
        Evidence(
            statement=f"the last one at {last:,} {case.history.unit}",
            signal="loss/discriminator",
            first=last,
            last=last,
        ),
    )


RULE = Rule(name="single_spikes", kind="reassurance", examine=_examine)
