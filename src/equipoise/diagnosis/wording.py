"""The shapes that findings about a set-up share: facts as evidence, and rules that one fact decides."""

from collections.abc import Mapping

from equipoise.core.facts import Facts
from equipoise.core.records import Evidence, FactValue, Finding, Remedy, Severity
from equipoise.core.vocabulary import VOCABULARY
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule

Telltales = Mapping[str, tuple[FactValue, ...]]
"""Facts, each with the values that give a failure away."""


def known(facts: Facts, *names: str) -> tuple[Evidence, ...]:
    """What is known of the set-up under these names; the unknown ones are left out."""
    return tuple(
        Evidence(statement=f"{name} is {_said(facts[name])}: {VOCABULARY[name].meaning}", signal=f"fact/{name}",
                 value=facts[name])
        for name in names
        if name in facts
    )  # fmt: skip


def proved(
    name: str,
    *,
    when: Telltales,
    symptom: str,
    explanation: str,
    remedies: tuple[Remedy, ...],
    severity: Severity = Severity.WIRING,
    confidence: float = 1.0,
) -> Rule:
    """The rule that finds `name` as soon as one of the facts has one of the values that give it away."""

    def examine(case: Case) -> Finding | None:
        told = [fact for fact, values in when.items() if fact in case.facts and case.facts[fact] in values]
        if not told:
            return None
        return Finding(
            name=name,
            severity=severity,
            symptom=symptom,
            confidence=confidence,
            evidence=known(case.facts, *told),
            explanation=explanation,
            remedies=remedies,
        )

    return Rule(name=name, kind="wiring" if severity is Severity.WIRING else "mechanism", examine=examine)


def _said(value: FactValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else value
