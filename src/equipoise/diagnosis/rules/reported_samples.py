"""What a person saw in the samples, and what may be behind it."""

from equipoise.core.records import Finding, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.observations import SAMPLES, reported
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

WELL = {"good": "The samples look good.", "improving": "The samples get better."}


def _examine(case: Case) -> Finding | None:
    seen = case.facts.choice("samples")
    if seen in WELL:
        return _well(case, WELL[seen])
    return reported(RULE.name, "samples", SAMPLES[seen], case) if seen in SAMPLES else None


def _well(case: Case, symptom: str) -> Finding:
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=symptom,
        evidence=known(case.facts, "samples"),
        explanation="That is what training is for. Losses that rise, fall or swing beside good samples are no fault.",
    )


RULE = Rule(name="reported_samples", kind="symptom", examine=_examine)
