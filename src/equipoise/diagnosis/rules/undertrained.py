"""The run was short, and its samples look like it."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.suspects import FEW
from equipoise.diagnosis.wording import known

_UNFINISHED = ("noise", "blurry", "grainy", "improving", "blank")


def _examine(case: Case) -> Finding | None:
    seen, reached = case.facts.choice("samples"), case.history.end
    if seen not in _UNFINISHED or not 0 < reached < FEW.get(case.history.unit, 0):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=f"The run has seen only {reached:,} {case.history.unit}.",
        confidence=0.5,
        evidence=known(case.facts, "samples"),
        explanation="GANs begin with noise and stay blurry for thousands of steps. Nothing can be said of a game that "
        "has hardly begun.",
        remedies=(Remedy(text="train longer before changing anything", setting="--images 1000000"),),
    )


RULE = Rule(name="undertrained", kind="mechanism", examine=_examine)
