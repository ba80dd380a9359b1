"""A layer of the discriminator loses its rank, or its largest singular value jumps."""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule

LOST = 0.33
"""Effective rank over its own level after the grace period; healthy conditional games of the zoo go down to 0.37."""
LOOKS = 5


def _examine(case: Case) -> Finding | None:
    series = case.settled("weights/effective_rank", looks=3, share=0.05)
    if len(series) < 3 * LOOKS:
        return None
    quiet, now = float(np.median(series.values[:LOOKS])), float(np.median(series.values[-LOOKS:]))
    if now > LOST * quiet:
        return None
    since = int(series.at[int(np.argmax(series.values < LOST * quiet))])
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.7,
        symptom="A layer of the discriminator is losing its rank.",
        since=since,
        evidence=(
            Evidence(
                statement=f"effective rank fell from {quiet:.3g} to {now:.3g}",
                signal="weights/effective_rank",
                value=now,
                threshold=LOST * quiet,
                first=since,
                last=int(series.at[-1]),
            ),
        ),
        explanation="What few directions remain cannot hold the data apart: a collapse often follows (arXiv "
        "1908.10999).",
        causes=(Cause(name=RULE.name, text="Spectral collapse of the discriminator."),),
        remedies=(
            Remedy(text="go back to a checkpoint from before it, with half the learning rates"),
            Remedy(text="penalise the slope on reals", setting="constraints.r1.weight=1"),
        ),
    )


RULE = Rule(name="spectral_collapse", kind="mechanism", examine=_examine)
