"""The discriminator's loss never left chance: there is no game.

Equilibrium looks the same at its end, but is arrived at: this loss was at chance from the first reading on. Where the
samples are measured they decide whether that is harm: a spectrally normalised discriminator may teach from close to it.
"""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import Doubt, doubt
from equipoise.diagnosis.outcome import judged_by, sample_trend
from equipoise.diagnosis.rule import Rule

AT_CHANCE = 0.02
"""Largest departure of the loss from chance, as a share of it, in nine of ten readings."""
FEWEST_LOOKS = 4
MANY_LOOKS = 8
LONG_ENOUGH = 0.25
"""Share of the planned run: a spectrally normalised discriminator may take its first tenth to leave chance."""
EXACTLY = 1e-3
"""The same, of a loss that is constant to the digits that are printed: not even the batches make a difference."""

CAUSES = (
    Cause(name="frozen_discriminator", text="Its optimiser does not hold its parameters, or they are frozen."),
    Cause(
        name="constant_output",
        text="It gives every sample the same score: dead units, or a bad initialisation.",
    ),
    Cause(name="learning_rate", text="Its learning rate is far too small."),
    Cause(name="data_range", text="Its input saturates it: samples were not scaled."),
    Cause(name="weight_decay", text="Weight decay keeps it at nothing."),
    Cause(name="capacity_gap", text="It is far too small."),
)


def _examine(case: Case) -> Finding | None:
    reading = doubt(case)
    if reading is None or len(reading.loss) < FEWEST_LOOKS or not _never_left(reading):
        return None
    if sample_trend(case) == "better" or not _long_enough(case, reading):
        return None
    since, last = int(reading.loss.at[0]), int(reading.loss.at[-1])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM if judged_by(case) is None else Severity.RISK,
        confidence=0.8 if len(reading.loss) >= MANY_LOOKS else 0.6,
        symptom="The discriminator has not learned anything: its loss is that of guessing, from the first reading on.",
        since=since,
        evidence=(
            Evidence(
                statement=f"its loss stayed within {AT_CHANCE:.0%} of {reading.chance:.4g}, the value of guessing, "
                f"from {since:,} to {last:,} {case.history.unit}",
                signal="loss/discriminator",
                value=reading.loss.last,
                threshold=reading.chance,
                first=since,
                last=last,
            ),
        ),
        explanation="A balanced game also ends there, but comes from somewhere else: a discriminator that never told "
        "noise from data is not working.",
        causes=CAUSES,
        remedies=(
            Remedy(text="run `equipoise check` on the modules: it shows whether a step moves the discriminator"),
            Remedy(text="look at the spread of its scores on one batch of reals; if it is 0 the network is dead"),
            Remedy(text="raise its learning rate", setting="discriminator.learning_rate=2e-4"),
        ),
    )


def _long_enough(case: Case, reading: Doubt) -> bool:
    """An epoch has shown it all data; few looks are enough only if nothing at all moves."""
    exact = _departure(reading) < EXACTLY
    if len(reading.loss) < MANY_LOOKS and not exact:
        return False
    whole_epochs = case.history.unit == "epochs" and exact
    return whole_epochs or case.share_of_run(int(reading.loss.at[-1])) >= LONG_ENOUGH


def _never_left(reading: Doubt) -> bool:
    return _departure(reading) < AT_CHANCE


def _departure(reading: Doubt) -> float:
    """From the value at chance, as a share of it, in nine of ten readings."""
    return float(np.quantile(np.abs(reading.loss.values / reading.chance - 1.0), 0.9))


RULE = Rule(name="no_game", kind="mechanism", examine=_examine)
