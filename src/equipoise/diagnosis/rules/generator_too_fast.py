"""The generator's steps are too large."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond

LARGE = 0.05
"""|change of the weights| / |weights| in one step; healthy runs stay between 1e-3 and 2e-2."""


def _examine(case: Case) -> Finding | None:
    seen = often_beyond(
        case,
        Limit("updates/generator", LARGE, above=True, release=0.035, label="relative step of the generator", looks=3),
    )
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom="The generator changes too much in one step.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Its opponent's judgement is only valid nearby: a large step lands where nobody judged.",
        causes=(Cause(name=RULE.name, text="The generator's learning rate is too high."),),
        remedies=(
            slower(case, "generator", by=5.0),
            Remedy(text="give the discriminator more updates", setting="training.d_steps=5"),
        ),
    )


RULE = Rule(name="generator_too_fast", kind="mechanism", examine=_examine)
