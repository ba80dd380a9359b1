"""A clipping bound that binds everywhere or nowhere."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

STARVES, NEVER_BINDS = 5e-4, 0.5


def _examine(case: Case) -> Finding | None:
    bound = case.facts.number("clip_value")
    if bound is None or bound <= 0.0 or STARVES < bound < NEVER_BINDS:
        return None
    tight = bound <= STARVES
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if tight else Severity.NOTE,
        symptom=f"Weights are clipped to +-{bound:g}, which is "
        + ("next to nothing." if tight else "no bound at all."),
        confidence=0.7 if tight else 0.5,
        evidence=known(case.facts, "clip_value"),
        explanation="Each step is undone by the clipping, and the score's gradient shrinks with every layer: 1e-4 left "
        "the generator a gradient of 1e-6."
        if tight
        else "Few weights ever get there, so the value of the Wasserstein estimate means nothing. Samples may be fine.",
        remedies=(
            Remedy(text="clip to 0.01", setting="--set discriminator.weight_clip=0.01"),
            Remedy(text="or use a gradient penalty", setting="--recipe wgan-gp"),
        ),
        measure_next=("weights/share_at_bound: healthy between 0.1 and 0.5",),
    )


RULE = Rule(name="clip_value", kind="mechanism", examine=_examine)
