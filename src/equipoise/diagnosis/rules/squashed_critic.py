"""A critic's score is squeezed into a range."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_BOUNDED = ("sigmoid", "tanh", "softmax", "relu")


def _examine(case: Case) -> Finding | None:
    output = case.facts.choice("discriminator_output")
    unbounded = case.objective in ("wasserstein", "hinge") or (
        case.objective is None and case.facts.choice("loss_function") in ("mean", "hinge")
    )
    if not unbounded or output not in _BOUNDED:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING,
        symptom=f"The critic ends in {output}, but its loss needs scores that are free to take any value.",
        evidence=known(case.facts, "objective", "loss_function", "discriminator_output"),
        explanation="Squeezed scores cannot measure a distance, and where the squeezing function is flat the generator "
        "receives almost no gradient.",
        remedies=(
            Remedy(text="remove the last activation", setting="nn.Linear(features, 1)  # the critic's last layer"),
            Remedy(text="or keep the probability and train it as one", setting="--set objective.name=non_saturating"),
        ),
    )


RULE = Rule(name="squashed_critic", kind="wiring", examine=_examine)
