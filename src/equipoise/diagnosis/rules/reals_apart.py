"""The reals that training shows are no longer like those that were set aside.

Either they differ as samples, or the discriminator scores the training reals above the held-out ones, though none was
shown often enough to be known by heart (that is `discriminator_memorises`). Then the two differ in something that it
has learned to see: the data drift, are read in order, or are prepared in another way. The generator follows what
training shows.
"""

import numpy as np

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.discriminator_memorises import hardly_shown
from equipoise.diagnosis.seen import Limit, Seen, often_beyond

APART = 0.65
"""P(D(training real) > D(held-out real)). In the zoo's calibration no healthy run has a median of eight looks above
0.59; the standard error of one look at 192 + 192 samples is 0.03.
"""
RELEASE = 0.58
DIFFERENT, STILL_DIFFERENT = 6.0, 4.0
"""Standard deviations of chance by which a batch of training differs from the reals set aside."""
GROWN, LOOKS = 3.0, 6
"""Times the difference of the first looks: below, the two were never alike, and the game may be none the worse."""
FEWEST = 1_000.0
"""Training samples; of fewer each batch repeats some, which is a difference too."""


def apart(case: Case) -> Seen | None:
    """Since when the held-out reals are not those of the training, None if they are or may be known by heart."""
    return _scored_apart(case) or _different(case)


def _scored_apart(case: Case) -> Seen | None:
    if not hardly_shown(case):
        return None
    label = "share of pairs in which a training real scores above a held-out one"
    return often_beyond(
        case, Limit("separation/memorisation", APART, above=True, needed=5, of=6, release=RELEASE, label=label)
    )


def _different(case: Case) -> Seen | None:
    if (case.facts.number("dataset_size") or 0.0) < FEWEST:
        return None
    label = "difference of a batch of training from the reals set aside, in standard deviations of chance,"
    return often_beyond(
        case, Limit("reals/difference", DIFFERENT, above=True, needed=5, of=6, release=STILL_DIFFERENT, label=label)
    )


def _grown(case: Case) -> bool:
    values = case.history["reals/difference"].values
    return float(np.median(values[-LOOKS:])) > GROWN * max(float(np.median(values[:LOOKS])), 1.0)


def _examine(case: Case) -> Finding | None:
    seen = apart(case)
    if seen is None:
        return None
    harmful = _scored_apart(case) is not None or _grown(case)
    return Finding(
        name=RULE.name,
        severity=Severity.HARM if harmful else Severity.RISK,
        confidence=0.8,
        symptom="The real samples of the training are not like those that were set aside.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="They differ by more than chance, and not because some are known by heart: the data change during "
        "training, or the two are not prepared alike. Samples follow what training shows.",
        causes=_causes(case),
        remedies=(
            Remedy(text="compare a batch of today with one of the beginning: mean, spread, classes"),
            Remedy(text="shuffle all data before they are split and read", setting="DataLoader(..., shuffle=True)"),
            Remedy(text="send both through the same preparation"),
        ),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    labels = Cause(name="labels_shuffled", text="The labels of the training no longer belong to their samples.")
    return (
        *((labels,) if case.facts.flag("conditional") else ()),
        Cause(name="unshuffled_data", text="The data are read in an order, or drift."),
        Cause(name="one_sided_noise", text="Something is added to the reals of the training alone."),
    )


RULE = Rule(name="reals_apart", kind="symptom", examine=_examine)
