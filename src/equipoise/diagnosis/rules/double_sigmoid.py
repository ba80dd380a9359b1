"""A probability is given to a loss that wants a logit."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    wants_logits = case.facts.choice("loss_function") in ("bce_with_logits", "softplus")
    output = case.facts.choice("discriminator_output")
    if not wants_logits or output not in ("sigmoid", "tanh", "softmax"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING,
        symptom=f"The discriminator's {output} is followed by a loss with a sigmoid of its own.",
        evidence=known(case.facts, "discriminator_output", "loss_function"),
        explanation="Squeezed twice, the probability of a fake can never come near 0: the loss stays high and the "
        "gradients are tiny, so the discriminator learns very slowly.",
        remedies=(
            Remedy(text="remove the discriminator's last activation and keep BCEWithLogitsLoss"),
            Remedy(text="or keep the sigmoid and use the plain loss", setting="criterion = nn.BCELoss()"),
        ),
    )


RULE = Rule(name="double_sigmoid", kind="wiring", examine=_examine)
