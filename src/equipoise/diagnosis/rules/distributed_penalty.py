"""A gradient penalty on several devices."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    processes = case.facts.number("processes")
    if processes is None or processes <= 1.0 or not case.penalised:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=f"A gradient penalty is trained on {processes:g} devices.",
        confidence=0.5,
        evidence=known(case.facts, "processes", "penalty"),
        explanation="Wrappers that average gradients during the backward pass hook the weights once; a penalty's "
        "second pass has got past them, silently. The devices then drift apart or the penalty has no effect.",
        remedies=(
            Remedy(text="average the gradients by a visible call after the backward pass"),
            Remedy(text="compare two devices' gradients with those of one device on the joined batch, once"),
        ),
    )


RULE = Rule(name="distributed_penalty", kind="mechanism", examine=_examine)
