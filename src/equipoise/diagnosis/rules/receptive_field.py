"""A discriminator that sees little of the image at once."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

LITTLE, SOME = 0.15, 0.25
"""A patch discriminator sees 70 of 256 pixels, 0.27, and works."""


def _examine(case: Case) -> Finding | None:
    field, size = case.facts.number("receptive_field"), case.facts.number("image_size")
    if field is None or not size or field >= SOME * size:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if field < LITTLE * size else Severity.NOTE,
        symptom=f"The discriminator judges {field:g} pixels of {size:g} at once.",
        confidence=0.5,
        evidence=known(case.facts, "receptive_field", "image_size", "discriminator_architecture"),
        explanation="It can ask for right texture but not for right shape: samples look plausible in every patch and "
        "wrong as a whole.",
        remedies=(
            Remedy(text="add strided layers until the last one sees the whole image"),
            Remedy(
                text="or take the discriminator that fits the image size",
                setting="--set discriminator.architecture=auto",
            ),
        ),
    )


RULE = Rule(name="receptive_field", kind="mechanism", examine=_examine)
