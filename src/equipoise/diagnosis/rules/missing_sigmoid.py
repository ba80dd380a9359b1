"""A loss of probabilities is given raw scores."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    output = case.facts.choice("discriminator_output")
    if case.facts.choice("loss_function") != "bce" or output not in ("linear", "relu", "tanh", "softplus"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING,
        symptom=f"The loss wants probabilities, but the discriminator ends in {output}.",
        evidence=known(case.facts, "discriminator_output", "loss_function"),
        explanation="The logarithm of a number outside 0 to 1 is an error, NaN, or a clamped constant without "
        "gradient, depending on the library.",
        remedies=(
            Remedy(text="use the loss that takes logits", setting="criterion = nn.BCEWithLogitsLoss()"),
            Remedy(text="or end the discriminator in a sigmoid", setting="nn.Sigmoid()"),
        ),
    )


RULE = Rule(name="missing_sigmoid", kind="wiring", examine=_examine)
