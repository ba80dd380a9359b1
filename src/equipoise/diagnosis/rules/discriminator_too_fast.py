"""The discriminator's steps are too large, so that it thrashes."""

from equipoise.core.records import Cause, Finding, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond

LARGE = 0.05
LARGE_UNDER_CLIPPING = 0.2
"""Clipped weights are small and reset, so their relative steps are larger: healthy up to 6e-2."""


def _examine(case: Case) -> Finding | None:
    limit = LARGE if case.facts.number("clip_value") is None else LARGE_UNDER_CLIPPING
    seen = often_beyond(
        case,
        Limit(
            "updates/discriminator",
            limit,
            above=True,
            release=0.7 * limit,
            label="relative step of the discriminator",
            looks=3,
        ),
    )
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom="The discriminator changes too much in one step.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="It does not win by that, it forgets: each step undoes what the one before had learned.",
        causes=(Cause(name=RULE.name, text="The discriminator's learning rate is too high."),),
        remedies=(slower(case, "discriminator", by=5.0),),
    )


RULE = Rule(name="discriminator_too_fast", kind="mechanism", examine=_examine)
