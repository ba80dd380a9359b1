"""Weights are clipped before the step instead of after it."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

MANY_STEPS_TO_THE_BOUND = 10.0
"""An adaptive optimiser moves a weight by about its learning rate; one step is then small beside the bound."""


def _examine(case: Case) -> Finding | None:
    if case.facts.flag("clip_after_step") is not False:
        return None
    bound, rate = case.facts.number("clip_value"), case.facts.number("discriminator_learning_rate")
    large = bool(bound and rate and bound / rate < MANY_STEPS_TO_THE_BOUND)
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if large else Severity.NOTE,
        symptom="The critic's weights are clipped before its step, so the generator meets unclipped ones.",
        confidence=0.5 if large else 1.0,
        evidence=known(case.facts, "clip_after_step", "clip_value", "discriminator_learning_rate"),
        explanation="The overshoot is one step of the optimiser: nothing at 5e-5 beside a bound of 0.01, much where "
        "the learning rate comes near the bound.",
        remedies=(
            Remedy(
                text="clip right after the critic's step",
                setting="d_optimizer.step(); [p.data.clamp_(-0.01, 0.01) for p in critic.parameters()]",
            ),
        ),
    )


RULE = Rule(name="clip_before_step", kind="mechanism", examine=_examine)
