"""An activation inside the discriminator that passes on little gradient."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_WHY = {
    "relu": "Where a ReLU is off it passes nothing on, and the generator lives on what comes through.",
    "sigmoid": "Sigmoids are flat at both ends; through several layers next to nothing of the gradient is left.",
    "tanh": "Tanh is flat at both ends; through several layers little of the gradient is left.",
}


def _examine(case: Case) -> Finding | None:
    activation = case.facts.choice("discriminator_activation")
    if activation not in _WHY or (activation == "relu" and case.facts.choice("discriminator_architecture") == "resnet"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=f"The discriminator's layers are activated by {activation}.",
        confidence=0.4,
        evidence=known(case.facts, "discriminator_activation"),
        explanation=_WHY[activation],
        remedies=(Remedy(text="use leaky ReLU", setting="nn.LeakyReLU(0.2)"),),
    )


RULE = Rule(name="hidden_activation", kind="mechanism", examine=_examine)
