"""The discriminator knows its training images by heart."""

import numpy as np

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond, stays_beyond

REMEMBERED = 0.60
"""P(D(training image) > D(held-out image)); 0.5 is fair. Its standard error at 192 + 192 images is 0.03."""
BY_HEART, FEW_LOOKS = 0.65, 6
FEW = 1_000.0
"""Real samples so few that knowing them by heart leaves nothing else to learn: then it is harm, seen or not."""
FEW_EPOCHS = 10
"""Nothing is known by heart that was shown less often: then reals and held-out reals differ in something else."""
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
    if seen is None or hardly_shown(case):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM if _hopelessly_few(case) else Severity.RISK,
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


def hardly_shown(case: Case) -> bool:
    """Known to be so: a log may leave out how much was shown, or how many samples there are."""
    size, shown = case.facts.number("dataset_size"), _shown(case)
    return size is not None and shown is not None and shown < FEW_EPOCHS * size


def _shown(case: Case) -> float | None:
    """Real samples that the discriminator was shown so far."""
    if case.history.unit == "images":
        return float(case.history.end)
    batch, d_steps = case.facts.number("batch_size"), case.facts.number("d_steps")
    return None if case.history.unit != "steps" or batch is None else case.history.end * batch * (d_steps or 1.0)


def _hopelessly_few(case: Case) -> bool:
    size = case.facts.number("dataset_size")
    share = case.history["separation/memorisation"].values[-FEW_LOOKS:]
    return size is not None and size < FEW and len(share) > 0 and float(np.median(share)) > BY_HEART


RULE = Rule(name="discriminator_memorises", kind="mechanism", examine=_examine)
