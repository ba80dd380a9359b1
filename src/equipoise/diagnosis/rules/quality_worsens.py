"""The samples were better before: the measure of quality rose for good.

An FID is noisy from look to look, so three in a row must be half as bad again as the best level before them.
"""

import numpy as np

from equipoise.core.history import Series
from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import running_median
from equipoise.diagnosis.rule import Rule

WORSE = 1.5
LOOKS = 3
MEASURES = ("quality/fid", "quality/frechet", "quality/kid", "samples/sliced_wasserstein")

CAUSES = (
    Cause(name="discriminator_memorises", text="The discriminator knows the training images by heart."),
    Cause(name="discriminator_dominates", text="The discriminator has become certain."),
    Cause(name="mode_collapse", text="The generator has collapsed."),
)


def _examine(case: Case) -> Finding | None:
    name = next((name for name in MEASURES if len(case.history[name]) >= 2 * LOOKS), None)
    if name is None:
        return None
    series = case.history[name]
    level = running_median(series.values, LOOKS)
    best = float(level[LOOKS - 1 :].min())
    begun = _since(series, level, WORSE * best)
    if begun is None:
        return None
    since, where = int(series.at[begun]), int(series.at[LOOKS - 1 + int(np.argmin(level[LOOKS - 1 :]))])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.9,
        symptom="The samples were clearly better before, and are getting no better.",
        since=since,
        evidence=(
            Evidence(
                statement=f"{name} is {float(level[-1]):.3g} (median of {LOOKS} looks); its best was {best:.3g} at "
                f"{where:,} {case.history.unit}",
                signal=name,
                value=float(level[-1]),
                threshold=WORSE * best,
                first=since,
                last=int(series.at[-1]),
            ),
        ),
        explanation="What was lost seldom comes back by itself: the rest of the budget is better spent from the best "
        "checkpoint, with one thing changed.",
        causes=CAUSES,
        remedies=(
            Remedy(text=f"stop, and use the checkpoint nearest to {where:,} {case.history.unit}"),
            Remedy(text="go on from it with half the learning rates, or with a penalty on reals",
                   setting="constraints.r1.weight=1"),
        ),
    )  # fmt: skip


def _since(series: Series, level: np.ndarray, limit: float) -> int | None:
    """The look since which the level lies above the limit, given that it has for as many looks as it is a median of."""
    above = level > limit
    begun = len(above) - int(np.argmin(above[::-1])) if not above.all() else 0
    return begun if len(series) - begun >= LOOKS else None


RULE = Rule(name="quality_worsens", kind="symptom", examine=_examine)
