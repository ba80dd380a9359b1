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
    found = _explained(_still_true(_escalated(_not_silenced(found))))
    order = {rule.name: place for place, rule in enumerate(rules)}
    found.sort(key=lambda pair: (pair[1].severity.rank, pair[0].kind == "symptom", order[pair[0].name]))
    return tuple(finding for _, finding in found)


def _not_silenced(found: Found) -> Found:
    """Without the findings that a reassurance takes back."""
    silenced = {name for rule, _ in found if rule.kind == "reassurance" for name in rule.silences}
    return [(rule, finding) for rule, finding in found if finding.name not in silenced]


def _still_true(found: Found) -> Found:
    """Without the comfort that only a sound run deserves."""
    if all(finding.severity not in (Severity.WIRING, Severity.HARM) for _, finding in found):
        return found
    return [(rule, finding) for rule, finding in found if not rule.if_all_is_well]


def _escalated(found: Found) -> Found:
    """A mechanism that was measured is a risk until the samples are seen to suffer; then it is harm."""
    suffering = any(rule.kind == "symptom" and finding.severity is Severity.HARM for rule, finding in found)
    if not suffering:
        return found
    return [
        (rule, replace(finding, severity=Severity.HARM))
        if rule.kind == "mechanism" and finding.severity is Severity.RISK and _measured(finding)
        else (rule, finding)
        for rule, finding in found
    ]


def _measured(finding: Finding) -> bool:
    """Not only known of the set-up: a signal shows it at work."""
    return any(evidence.signal and not evidence.signal.startswith("fact/") for evidence in finding.evidence)


def _explained(found: Found) -> Found:
    """Every finding has a cause: a symptom what was found beside it, before what it may have in general."""
    mechanisms = [
        finding
        for rule, finding in found
        if rule.kind in ("wiring", "mechanism") and finding.severity.rank <= Severity.RISK.rank
    ]
    mechanisms.sort(key=lambda finding: (finding.severity.rank, not _measured(finding), -finding.confidence))
    explaining = [Cause(name=finding.name, text=finding.symptom) for finding in mechanisms]
    return [(rule, replace(finding, causes=_causes(rule, finding, explaining))) for rule, finding in found]


def _causes(rule: Rule, finding: Finding, explaining: Sequence[Cause]) -> tuple[Cause, ...]:
    if rule.kind == "symptom":
        names = {cause.name for cause in explaining}
        return (*explaining, *(cause for cause in finding.causes if cause.name not in names))
    if rule.kind == "reassurance" or finding.causes:
        return finding.causes
    return (Cause(name=finding.name, text=finding.symptom),)
