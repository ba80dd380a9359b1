"""A penalty far too weak or far too strong."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

USUAL = (0.05, 200.0)
"""0.1 to 100 trained well on points or on images."""
FATAL = (0.01, 1000.0)
"""These failed in every planted run."""
_BOUNDS_THE_SLOPE = ("gradient_penalty", "one_sided_gradient_penalty", "dragan")


def _examine(case: Case) -> Finding | None:
    weight, penalty = case.facts.number("penalty_weight"), case.facts.choice("penalty")
    bounds = penalty in _BOUNDS_THE_SLOPE or (penalty is None and case.wasserstein)
    if weight is None or weight <= 0.0 or not bounds or USUAL[0] <= weight <= USUAL[1]:
        return None
    weak = weight < USUAL[0]
    fatal = not FATAL[0] < weight < FATAL[1]
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if fatal else Severity.NOTE,
        symptom=f"The gradient penalty's weight of {weight:g} is far too {'small' if weak else 'large'}."
        if fatal
        else f"The gradient penalty's weight of {weight:g} is unusual.",
        confidence=0.7 if fatal else 0.3,
        evidence=known(case.facts, "penalty_weight", "penalty"),
        explanation="Too weak, nothing holds the critic and its scores run away."
        if weak
        else "Too strong, the penalty is all the critic learns for; it becomes too stiff to follow the generator.",
        remedies=(Remedy(text="begin with 10", setting="--set constraints.gradient_penalty.weight=10"),),
        measure_next=("lipschitz/mean, the gradient norm at interpolates: healthy between 0.7 and 2",),
    )


RULE = Rule(name="penalty_weight", kind="mechanism", examine=_examine)
