"""The penalty is taken elsewhere than between reals and fakes."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    points = case.facts.choice("penalty_points")
    two_sided = case.facts.choice("penalty") in ("gradient_penalty", "one_sided_gradient_penalty")
    if not two_sided or points in (None, "interpolates"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if points == "noise" else Severity.NOTE,
        symptom=f"The gradient penalty is taken at {points} samples.",
        confidence=0.4,
        evidence=known(case.facts, "penalty", "penalty_points"),
        explanation="The paper takes it between reals and fakes. At reals it worked as well in planted runs; at points "
        "that are neither it says nothing about where the score is used.",
        remedies=(Remedy(text="interpolate", setting="points = eps * x + (1 - eps) * fake"),),
    )


RULE = Rule(name="penalty_points", kind="mechanism", examine=_examine)
