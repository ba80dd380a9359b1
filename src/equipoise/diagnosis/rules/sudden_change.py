"""The discriminator's loss jumped to another level, late in the run: one of the players has collapsed.

Of the 24 logs of `benchmarks/doctor/logs.py` no run that ended near its best jumped like this after its first third.
"""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, running_median
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.trend import Conditions, noise

LATE = 1 / 3
WINDOW = 0.03
"""Share of the looks over which a level is taken, before and after."""
FEWEST = 10
"""Looks in such a window, so that in a shorter log nothing is called sudden."""
FAR = 8.0
"""Size of the jump in standard errors of a level."""
CONSIDERABLE = 0.1
"""And as a share of all that the level has ever moved."""

CAUSES = (
    Cause(name="mode_collapse", text="The generator collapsed, and the discriminator faces other samples."),
    Cause(name="spectral_collapse", text="The discriminator collapsed."),
)


def _examine(case: Case) -> Finding | None:
    series = discriminator_loss(case)
    window = round(WINDOW * len(series))
    if case.wasserstein or window < FEWEST or sample_trend(case) == "better":
        return None
    level = running_median(series.values, window)
    jumps = level[2 * window :] - level[: -2 * window]
    error = 1.2533 * noise(series.values) * np.sqrt(2.0 / window)
    far = (
        (jumps > FAR * error)
        & (jumps > CONSIDERABLE * float(np.ptp(level[window:])))
        & _late(case, series.at[window:-window])
    )
    if not far.any():
        return None
    place = int(np.argmax(far))
    since = int(series.at[place + window])
    evidence = Evidence(
        statement=f"its level rose from {level[place]:.4g} to {level[place + 2 * window]:.4g} around {since:,} "
        f"{case.history.unit}, {float(jumps[place]) / max(error, 1e-12):.0f} standard errors",
        signal="loss/discriminator",
        value=float(jumps[place]),
        threshold=float(FAR * error),
        first=since,
        last=int(series.at[-1]),
    )
    return _finding(since, evidence, case.history.unit)


def _finding(since: int, evidence: Evidence, unit: str) -> Finding:
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.6,
        symptom="The discriminator's loss jumped up, late in the run, and the game has not been the same since.",
        since=since,
        evidence=(evidence,),
        explanation="A fair game changes slowly once it is under way. A jump means that one player lost, within a few "
        "hundred steps, what it had learned.",
        causes=CAUSES,
        remedies=(
            Remedy(text=f"compare samples from before and after {since:,} {unit}"),
            Remedy(text="if they got worse, go back to the checkpoint before it and halve both learning rates"),
        ),
        measure_next=("an FID or the variety of samples at both checkpoints",),
    )


def _late(case: Case, at: np.ndarray) -> Conditions:
    begin, end = case.history.begin, case.history.planned or case.history.end
    return np.asarray((at - begin) / max(end - begin, 1) > LATE)


RULE = Rule(name="sudden_change", kind="mechanism", examine=_examine)
