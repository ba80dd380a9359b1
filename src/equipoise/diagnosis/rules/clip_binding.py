"""Clipping leaves the critic no freedom."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, stays_beyond

NEARLY_ALL = 0.9


def _examine(case: Case) -> Finding | None:
    seen = stays_beyond(
        case, Limit("weights/share_at_bound", NEARLY_ALL, above=True, label="share of weights at the bound", looks=2)
    )
    if seen is None:
        return None
    clip = case.facts.number("clip_value")
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom="Nearly all weights of the critic sit at the clip bound.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Such a critic is close to a linear function with two weights, +c and -c.",
        causes=(
            Cause(name="clip_value", text="The bound is too small for this network and learning rate."),
            Cause(name="data_range", text="Inputs so large that every gradient drives weights to the bound."),
        ),
        remedies=(
            Remedy(text="widen the bound", setting=f"discriminator.weight_clip={0.1 if clip is None else 10 * clip:g}"),
            Remedy(text="or use a gradient penalty", setting="--recipe wgan-gp"),
        ),
    )


RULE = Rule(name="clip_binding", kind="mechanism", examine=_examine)
