"""The discriminator knows its training images by heart."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond, stays_beyond

REMEMBERED = 0.60
"""P(D(training image) > D(held-out image)); 0.5 is fair. Its standard error at 192 + 192 images is 0.03."""
SIGNS = 0.9
"""Mean sign of D on reals, the signal that adaptive augmentation steers to 0.6 (arXiv 2006.06676)."""


def _examine(case: Case) -> Finding | None:
    seen = often_beyond(
        case,
        Limit(
            "separation/memorisation",
            REMEMBERED,
            above=True,
            needed=5,
            of=6,
            release=0.56,
            label="share of pairs in which a training image scores above a held-out one",
        ),
    ) or stays_beyond(
        case, Limit("separation/sign_of_real", SIGNS, above=True, label="mean sign of D on reals", share=0.1)
    )
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom="The discriminator knows its training images from other real ones.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="It judges by memory rather than by what real images have in common, and what it teaches the "
        "generator becomes worthless: quality peaks and then falls.",
        causes=(
            Cause(name=RULE.name, text="Too few images for this discriminator and this length of training."),
            Cause(name="small_data", text="The data set is small."),
        ),
        remedies=(
            Remedy(text="augment reals and fakes alike, with differentiable operations (ADA, DiffAugment)"),
            Remedy(text="penalise the discriminator's slope on reals more", setting="constraints.r1.weight=10"),
            Remedy(text="stop at the best checkpoint", setting="--checkpoint best"),
            Remedy(text="gather more data, or use a smaller discriminator", setting="discriminator.width=32"),
        ),
    )  # fmt: skip


RULE = Rule(name="discriminator_memorises", kind="mechanism", examine=_examine)
