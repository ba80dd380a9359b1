"""Fewer real samples than a discriminator can learn by heart."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

FEW, NOT_MANY = 1_000.0, 10_000.0


def _examine(case: Case) -> Finding | None:
    size = case.facts.number("dataset_size")
    if size is None or size >= NOT_MANY:
        return None
    helped = case.facts.choice("augmentation") == "both"
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if size < FEW and not helped else Severity.NOTE,
        symptom=f"There are only {size:,.0f} real samples" + (", augmented." if helped else "."),
        confidence=0.6,
        evidence=known(case.facts, "dataset_size", "augmentation"),
        explanation="The discriminator comes to know each of them. It is then sure of everything else being fake, and "
        "samples get worse after a good beginning, or copy the data.",
        causes=(
            Cause(name=RULE.name, text="There are too few data."),
            Cause(name="discriminator_memorises", text="The discriminator learns the few reals by heart."),
        ),
        remedies=(
            Remedy(text="augment reals and fakes before the discriminator", setting="D(augment(x)), D(augment(fake))"),
            Remedy(text="penalise its slope at reals", setting="--set constraints.r1.weight=10"),
            Remedy(text="stop at the best look", setting="--checkpoint best"),
        ),
        measure_next=("separation/memorisation: scores of training reals against held-out reals",),
    )


RULE = Rule(name="small_data", kind="mechanism", examine=_examine)
