"""Augmentation that the generator cannot take into account."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_WHAT = {
    "reals_only": (Severity.RISK, "Only reals are augmented, so the generator learns to draw the augmentations."),
    "both_without_gradient": (Severity.WIRING, "The generator's gradient does not pass through the augmentation."),
}


def _examine(case: Case) -> Finding | None:
    severity, symptom = _WHAT.get(case.facts.choice("augmentation") or "", (None, ""))
    if severity is None:
        return None
    return Finding(
        name=RULE.name,
        severity=severity,
        symptom=symptom,
        confidence=1.0 if severity is Severity.WIRING else 0.6,
        evidence=known(case.facts, "augmentation", "augmentation_probability"),
        explanation="The same differentiable augmentation must stand before the discriminator wherever it scores: "
        "reals, fakes, and fakes in the generator's step. Mirroring the data is the harmless exception.",
        remedies=(
            Remedy(
                text="augment at the discriminator's door, in every call, with differentiable operations",
                setting="scores = discriminator(augment(x))",
            ),
        ),
    )


RULE = Rule(name="one_sided_augmentation", kind="mechanism", examine=_examine)
