"""Momentum in a game that turns."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_BETAS = ("generator_beta1", "discriminator_beta1")
HARMFUL, USUAL, EXTREME = 0.8, 0.5, 0.95
"""0.9 ruined every planted run of a logistic game, none of a penalised Wasserstein game; 0.5 is DCGAN's."""


def _examine(case: Case) -> Finding | None:
    largest = max((beta for name in _BETAS if (beta := case.facts.number(name)) is not None), default=0.0)
    clipped = case.wasserstein and not case.penalised and bool(case.facts.number("clip_value"))
    if largest <= (0.0 if clipped else USUAL):
        return None
    risky = clipped or largest >= EXTREME or (not case.wasserstein and largest >= HARMFUL)
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if risky else Severity.NOTE,
        symptom=f"The optimisers carry momentum of {largest:g}" + (", under weight clipping." if clipped else "."),
        confidence=0.4 if clipped else 0.7,
        evidence=known(case.facts, *_BETAS, "objective", "clip_value"),
        explanation="Momentum goes on in the direction of a moment ago, while the opponent has moved: the two players "
        "circle each other ever wider. With clipped critics the WGAN authors saw the loss break away and took RMSprop."
        if risky
        else "Most GANs are trained with less, 0.5 or 0. A penalised critic forgives it.",
        remedies=(
            Remedy(text="take RMSprop", setting="--set discriminator.optimizer=rmsprop"),
            Remedy(text="the generator likewise", setting="--set generator.optimizer=rmsprop"),
        )
        if clipped
        else (
            Remedy(text="lower the generator's beta1", setting="--set generator.betas=0.5,0.999"),
            Remedy(text="and the discriminator's", setting="--set discriminator.betas=0.5,0.999"),
        ),
    )


RULE = Rule(name="momentum", kind="mechanism", examine=_examine)
