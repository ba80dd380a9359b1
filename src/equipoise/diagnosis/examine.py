"""From a case to its findings: every rule is asked, and what they say is put into one consistent order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.core.records import Cause, Finding, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.innocence import acquittal
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules import few_readings, spoken_of

Found = list[tuple[Rule, Finding]]

LIKELY_SETTING = 0.5
"""Confidence from which a setting counts as the cause of any mechanism that is seen beside it."""


def examine(facts: Facts, history: History, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """All findings, worst first; among equals the likelier cause of the others comes first."""
    case = Case(facts, history)
    found = [(rule, finding) for rule in rules if (finding := rule.examine(case)) is not None]
    found = _acquitted(_explained(_still_true(_escalated(_not_silenced(found, facts))), facts), facts)
    order = {rule.name: place for place, rule in enumerate(rules)}
    found.sort(key=lambda pair: (pair[1].severity.rank, pair[0].kind == "symptom", order[pair[0].name]))
    return tuple(finding for _, finding in found)


def _not_silenced(found: Found, facts: Facts) -> Found:
    """Without the findings that a reassurance takes back, and without guesses that another finding bears out."""
    silenced = {name for rule, _ in found if rule.kind == "reassurance" for name in rule.silences}
    names = {finding.name for _, finding in found}
    if not names.isdisjoint(facts.names("spoken_of")[:1]):
        silenced.add(spoken_of.RULE.name)
    silenced |= {
        finding.name
        for rule, finding in found
        if rule is few_readings.RULE and finding.causes[0].name in names - silenced
    }
    return [(rule, finding) for rule, finding in found if finding.name not in silenced]


def _still_true(found: Found) -> Found:
    """Without the comfort that only a sound run deserves."""
    if all(finding.severity not in (Severity.WIRING, Severity.HARM) for _, finding in found):
        return found
    return [(rule, finding) for rule, finding in found if not rule.if_all_is_well]


def _escalated(found: Found) -> Found:
    """A mechanism that was measured is a risk until the samples are seen to suffer; then it is harm."""
    found = _believed(found)
    suffering = any(rule.kind == "symptom" and finding.severity is Severity.HARM for rule, finding in found)
    if not suffering:
        return found
    return [
        (rule, replace(finding, severity=Severity.HARM))
        if rule.kind == "mechanism" and finding.severity is Severity.RISK and _measured(finding)
        else (rule, finding)
        for rule, finding in found
    ]


def _believed(found: Found) -> Found:
    """A weak symptom counts as harm beside a mechanism or setting that may do it: neither is a chance by then."""
    if not any(rule.kind == "mechanism" and finding.severity is Severity.RISK for rule, finding in found):
        return found
    return [
        (rule, replace(finding, severity=Severity.HARM))
        if rule.kind == "symptom" and finding.severity is Severity.RISK and _measured(finding)
        else (rule, finding)
        for rule, finding in found
    ]


def _measured(finding: Finding) -> bool:
    """Not only known of the set-up: a signal shows it at work."""
    return any(evidence.signal and not evidence.signal.startswith("fact/") for evidence in finding.evidence)


def _explained(found: Found, facts: Facts) -> Found:
    """Every finding gets its causes, those that were found themselves before those it may have in general."""
    settings = sorted(
        (finding for rule, finding in found if _is_setting(rule, finding)), key=lambda finding: -finding.confidence
    )
    hinted = {finding.name for rule, finding in found if _is_hint(rule, finding)} | {*facts.names("spoken_of")[:1]}
    mechanisms = {
        rule.name: replace(finding, causes=_of_mechanism(finding, settings, hinted))
        for rule, finding in found
        if rule.kind in ("wiring", "mechanism")
    }
    told = [*_proved(mechanisms.values()), *_roots(mechanisms.values()), *(_itself(setting) for setting in settings)]
    return [
        (
            rule,
            mechanisms[rule.name]
            if rule.name in mechanisms
            else replace(finding, causes=_of_others(rule, finding, told)),
        )
        for rule, finding in found
    ]


def _acquitted(found: Found, facts: Facts) -> Found:
    """Without the causes that the facts rule out; these are told as such."""
    return [(rule, _without_innocents(finding, facts)) for rule, finding in found]


def _without_innocents(finding: Finding, facts: Facts) -> Finding:
    reasons = {cause.name: acquittal(cause.name, facts) for cause in finding.causes if cause.name != finding.name}
    kept = tuple(cause for cause in finding.causes if reasons.get(cause.name) is None)
    said = tuple(reason for reason in reasons.values() if reason is not None)
    return (
        replace(finding, causes=kept or (_itself(finding),), ruled_out=(*finding.ruled_out, *said)) if said else finding
    )


def _is_setting(rule: Rule, finding: Finding) -> bool:
    """A risk that is known of the set-up, not seen at work."""
    return rule.kind == "mechanism" and finding.severity is Severity.RISK and not _measured(finding)


def _is_hint(rule: Rule, finding: Finding) -> bool:
    """What is known of the set-up and harmless by itself."""
    return rule.kind == "mechanism" and finding.severity is Severity.NOTE and not _measured(finding)


def _of_mechanism(finding: Finding, settings: Sequence[Finding], hinted: Collection[str]) -> tuple[Cause, ...]:
    """A setting that is found and could cause it is likelier than what a hint or a text points at.

    That is likelier than what is merely possible.
    """
    if not finding.causes or not _measured(finding):
        return finding.causes or (_itself(finding),)
    possible = {cause.name for cause in finding.causes}
    likely = [
        _itself(setting) for setting in settings if setting.name in possible or setting.confidence >= LIKELY_SETTING
    ]
    return _unique([*likely, *(cause for cause in finding.causes if cause.name in hinted), *finding.causes])


def _proved(findings: Iterable[Finding]) -> list[Cause]:
    return [_itself(finding) for finding in findings if finding.severity is Severity.WIRING]


def _roots(findings: Iterable[Finding]) -> list[Cause]:
    """Of each mechanism that is at work its likeliest cause, then the mechanism; what harms comes first."""
    at_work = [
        finding for finding in findings if _measured(finding) and finding.severity in (Severity.HARM, Severity.RISK)
    ]
    at_work.sort(key=lambda finding: finding.severity.rank)
    return [cause for finding in at_work for cause in (finding.causes[0], _itself(finding))]


def _of_others(rule: Rule, finding: Finding, told: Sequence[Cause]) -> tuple[Cause, ...]:
    return _unique([*told, *finding.causes]) if rule.kind == "symptom" else finding.causes


def _itself(finding: Finding) -> Cause:
    return Cause(name=finding.name, text=finding.symptom)


def _unique(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """The first of each name."""
    first: dict[str, Cause] = {}
    for cause in causes:
        first.setdefault(cause.name, cause)
    return tuple(first.values())
