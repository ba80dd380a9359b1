"""The discriminator's logits grow without bound.

Scores of a logistic discriminator are log-odds: at 4 it is 98 % sure on average. A Wasserstein or hinge score has no
such scale.
"""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import far_smaller, slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, often_beyond

SURE = 4.0
OFF_CENTRE = 3.0


def _examine(case: Case) -> Finding | None:
    if not case.logistic or sample_trend(case) == "better":
        return None
    seen = _measured(case)
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom="The discriminator's logits have grown far beyond what a fair game needs.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Log-odds of 4 mean 98 % certainty. Beyond that the losses have no slope left where it matters.",
        causes=_causes(case),
        remedies=(
            Remedy(text="penalise the discriminator's slope on reals", setting="constraints.r1.weight=1"),
            slower(case, "discriminator"),
            Remedy(text="lower momentum", setting="discriminator.betas=[0.5,0.999]"),
        ),
    )


def _measured(case: Case) -> Seen | None:
    return often_beyond(
        case, Limit("logits/magnitude", SURE, above=True, release=2.8, label="mean size of a logit", looks=3)
    ) or _off_centre(case)


def _off_centre(case: Case) -> Seen | None:
    return often_beyond(
        case, Limit("logits/offset", OFF_CENTRE, above=True, label="mean logit", looks=3)
    ) or often_beyond(case, Limit("logits/offset", -OFF_CENTRE, above=False, label="mean logit", looks=3))


def _causes(case: Case) -> tuple[Cause, ...]:
    betas = [case.facts.number("generator_beta1") or 0.0, case.facts.number("discriminator_beta1") or 0.0]
    dominance = Cause(name="discriminator_dominates", text="The discriminator wins, and nothing limits its slope.")
    if far_smaller(case, "generator"):
        return (Cause(name="capacity_gap", text="The generator has far fewer weights than its opponent."), dominance)
    if max(betas) > 0.5:
        return (Cause(name="momentum", text="Momentum makes the two players chase each other."), dominance)
    return (dominance,)


RULE = Rule(name="logit_blowup", kind="mechanism", examine=_examine)
