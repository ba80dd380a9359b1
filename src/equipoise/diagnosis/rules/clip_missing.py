"""Nothing bounds a Wasserstein critic."""

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    if not case.wasserstein or case.facts.choice("penalty") != "none" or _spectral(case.facts) is True:
        return None
    clip = case.facts.number("clip_value")
    if (clip is not None and clip > 0.0) or (clip is None and _spectral(case.facts) is None):
        return None
    certain = clip is not None and _spectral(case.facts) is False
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING if certain else Severity.RISK if clip is not None else Severity.NOTE,
        symptom="Nothing bounds the critic's slope: no gradient penalty, no weight clipping, no spectral norm.",
        confidence=1.0 if certain else 0.6,
        evidence=known(case.facts, "objective", "penalty", "clip_value", "spectral_norm"),
        explanation="The Wasserstein loss is a distance only for critics of bounded slope. Without a bound the critic "
        "lowers its loss by growing, for ever.",
        remedies=(
            Remedy(text="add a gradient penalty", setting="--set constraints.gradient_penalty.weight=10"),
            Remedy(text="or clip the weights after each critic step", setting="--set discriminator.weight_clip=0.01"),
        ),
        measure_next=() if certain else ("whether weights are clipped: `--fact clip_value=0.01`",),
    )


def _spectral(facts: Facts) -> bool | None:
    if facts.choice("discriminator_normalisation") == "spectral":
        return True
    return facts.flag("spectral_norm")


RULE = Rule(name="clip_missing", kind="mechanism", examine=_examine)
