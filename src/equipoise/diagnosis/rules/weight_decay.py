"""The discriminator's weights decay."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

STRONG, RUINOUS = 1e-2, 5e-2


def _examine(case: Case) -> Finding | None:
    decay = case.facts.number("weight_decay")
    if not decay:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if decay > STRONG else Severity.NOTE,
        symptom=f"The discriminator's weights decay by {decay:g}.",
        confidence=0.7 if decay > RUINOUS else 0.4,
        evidence=known(case.facts, "weight_decay", "discriminator_optimizer"),
        explanation="Decay shrinks its scores, and with them the gradient that the generator lives on. A little is "
        "harmless; a lot leaves a discriminator that cannot decide.",
        remedies=(Remedy(text="leave it out", setting="Adam(discriminator.parameters(), weight_decay=0)"),),
    )


RULE = Rule(name="weight_decay", kind="mechanism", examine=_examine)
