"""What a person saw in the samples, and what may be behind it."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.observations import OBSERVATIONS, Observation, Suspect
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

MOST_CAUSES = 5
_WELL = {"good": "The samples look good.", "improving": "The samples get better."}


def _examine(case: Case) -> Finding | None:
    seen = case.facts.choice("samples")
    if seen in _WELL:
        return _well(case, _WELL[seen])
    return _ill(case, OBSERVATIONS[seen]) if seen in OBSERVATIONS else None


def _well(case: Case, symptom: str) -> Finding:
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=symptom,
        evidence=known(case.facts, "samples"),
        explanation="That is what training is for. Losses that rise, fall or swing beside good samples are no fault.",
    )


def _ill(case: Case, observation: Observation) -> Finding:
    judged = [(suspect, suspect.supported(case)) for suspect in observation.suspects]
    likely = [suspect for suspect, supported in judged if supported]
    possible = [suspect for suspect, supported in judged if supported is None]
    return Finding(
        name=RULE.name,
        severity=observation.severity,
        symptom=observation.symptom,
        confidence=0.9,
        evidence=known(case.facts, "samples"),
        explanation="This is what was reported; samples are judged by eye, and no loss can show it."
        if likely
        else "This is what was reported. The facts given do not decide between its causes.",
        causes=_causes([*likely, *possible]),
        ruled_out=tuple(f"{suspect.name}: the facts speak against it" for suspect, said in judged if said is False),
        remedies=(Remedy(text="follow the first cause below its page, one change at a time"),),
        measure_next=()
        if likely
        else (
            "the wiring, in seconds: `equipoise check module:build`",
            "the game as it is played: `eq.watch(generator, discriminator, objective=...)`",
        ),
    )


def _causes(suspects: list[Suspect]) -> tuple[Cause, ...]:
    return tuple(Cause(name=suspect.name, text=suspect.text) for suspect in suspects[:MOST_CAUSES])


RULE = Rule(name="reported_samples", kind="symptom", examine=_examine)
