"""From a case to its findings: every rule is asked, and what they say is put into one consistent order."""

from collections.abc import Sequence
from dataclasses import replace

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.core.records import Cause, Finding, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.rule import Rule

Found = list[tuple[Rule, Finding]]


def examine(facts: Facts, history: History, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """All findings, worst first; among equals the likelier cause of the others comes first."""
    case = Case(facts, history)
    found = [(rule, finding) for rule in rules if (finding := rule.examine(case)) is not None]
    found = _explained(_escalated(_not_silenced(found)))
    order = {rule.name: place for place, rule in enumerate(rules)}
    found.sort(key=lambda pair: (pair[1].severity.rank, pair[0].kind == "symptom", order[pair[0].name]))
    return tuple(finding for _, finding in found)


def _not_silenced(found: Found) -> Found:
    """Without the findings that a reassurance takes back."""
    silenced = {name for rule, _ in found if rule.kind == "reassurance" for name in rule.silences}
    return [(rule, finding) for rule, finding in found if finding.name not in silenced]


def _escalated(found: Found) -> Found:
    """A mechanism is a risk until the samples are seen to suffer; then it is harm."""
    suffering = any(rule.kind == "symptom" and finding.severity is Severity.HARM for rule, finding in found)
    if not suffering:
        return found
    return [
        (rule, replace(finding, severity=Severity.HARM))
        if rule.kind == "mechanism" and finding.severity is Severity.RISK
        else (rule, finding)
        for rule, finding in found
    ]


def _explained(found: Found) -> Found:
    """A symptom's causes are what was found to cause it, before what it might be in general."""
    proved = [
        Cause(name=finding.name, text=finding.symptom)
        for kind in ("wiring", "mechanism")
        for rule, finding in found
        if rule.kind == kind and finding.severity in (Severity.WIRING, Severity.HARM)
    ]
    names = {cause.name for cause in proved}
    return [
        (rule, replace(finding, causes=(*proved, *(cause for cause in finding.causes if cause.name not in names))))
        if rule.kind == "symptom" and finding.severity is Severity.HARM
        else (rule, finding)
        for rule, finding in found
    ]
