"""The generator's loss saturates: log(1 - D(G(z))) is flat where the discriminator is sure."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond, stays_beyond

FLAT = 0.25
"""Mean slope of the generator's loss at the scores; 1 is full, D(G(z)) for this loss."""


def _examine(case: Case) -> Finding | None:
    if case.objective != "minimax" or sample_trend(case) == "better":
        return None
    seen = often_beyond(
        case, Limit("gradients/attenuation", FLAT, above=False, label="slope of the generator's loss", looks=3)
    ) or stays_beyond(case, Limit("probability/fake", 0.05, above=False, label="D(G(z))"))
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom="The generator's loss is flat where its samples are, so it hardly learns.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="The slope of log(1 - D(G(z))) is D(G(z)) itself: nothing, once the discriminator is sure.",
        causes=(Cause(name=RULE.name, text="The saturating (minimax) generator loss."),),
        remedies=(
            Remedy(text="descend -log D(G(z)) instead", setting="objective.name=non_saturating"),
            slower(case, "discriminator"),
        ),
    )


RULE = Rule(name="saturated_generator", kind="mechanism", examine=_examine)
