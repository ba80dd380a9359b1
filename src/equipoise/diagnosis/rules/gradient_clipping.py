"""Gradients are bounded."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

TINY = 0.01


def _examine(case: Case) -> Finding | None:
    bound = case.facts.number("gradient_clipping")
    if bound is None or bound <= 0.0:
        return None
    plain = case.facts.choice("generator_optimizer") in ("sgd", "sgd_momentum")
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if bound < TINY and plain else Severity.NOTE,
        symptom=f"Gradients are clipped to a norm of {bound:g}.",
        confidence=0.4,
        evidence=known(case.facts, "gradient_clipping", "generator_optimizer"),
        explanation="Adam divides by the gradient's size anyway, so clipping changes little but hides an explosion "
        "from view. It does not bound a critic's slope: that is what a penalty on the gradient at the samples does.",
        remedies=(Remedy(text="leave it out unless single steps explode"),),
    )


RULE = Rule(name="gradient_clipping", kind="mechanism", examine=_examine)
