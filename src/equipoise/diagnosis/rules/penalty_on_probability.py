"""A gradient penalty is taken behind a sigmoid."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    squashed = case.facts.choice("discriminator_output") in ("sigmoid", "softmax", "tanh")
    if not case.penalised or not squashed or case.objective in ("wasserstein", "hinge"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        symptom="The gradient penalty is taken of a probability, behind the squashing activation.",
        confidence=0.5,
        evidence=known(case.facts, "penalty", "discriminator_output"),
        explanation="Where the discriminator is sure the sigmoid is flat, so the penalty sees no slope just where the "
        "score is steepest, and asks for a slope of 1 that a probability cannot have.",
        remedies=(
            Remedy(text="let the discriminator end in a linear layer", setting="criterion = nn.BCEWithLogitsLoss()"),
        ),
    )


RULE = Rule(name="penalty_on_probability", kind="mechanism", examine=_examine)
