"""The reals that training shows are no longer like those that were set aside.

The discriminator scores the training reals above the held-out ones, though none was shown often enough to be known by
heart (that is `discriminator_memorises`). Then the two differ in something that it has learned to see: the data drift,
are read in order, or are prepared in another way. The generator follows what training shows.
"""

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


def apart(case: Case) -> Seen | None:
    """Since when the held-out reals are not those of the training, None if they are or may be known by heart."""
    if not hardly_shown(case):
        return None
    label = "share of pairs in which a training real scores above a held-out one"
    return often_beyond(
        case, Limit("separation/memorisation", APART, above=True, needed=5, of=6, release=RELEASE, label=label)
    )


def _examine(case: Case) -> Finding | None:
    seen = apart(case)
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.8,
        symptom="The real samples of the training are not like those that were set aside.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="No sample was shown often enough to be known by heart, and still the discriminator tells the two "
        "apart: the data change during training, or the two are not prepared alike. Samples follow what training "
        "shows.",
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
