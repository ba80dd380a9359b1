"""A least-squares discriminator ends in a sigmoid."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    squares = case.objective == "least_squares" or case.facts.choice("loss_function") == "mse"
    if not squares or case.facts.choice("discriminator_output") not in ("sigmoid", "tanh", "softmax"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom="A squashing activation stands before a least-squares loss.",
        evidence=known(case.facts, "objective", "loss_function", "discriminator_output"),
        explanation="LSGAN's point is that samples far on the right side are still pulled to the target; behind a "
        "sigmoid they feel next to nothing. It often works all the same.",
        remedies=(Remedy(text="end the discriminator in a linear layer"),),
    )


RULE = Rule(name="squashed_least_squares", kind="mechanism", examine=_examine)
