"""A learning rate far from what trains GANs."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_RATES = ("generator_learning_rate", "discriminator_learning_rate")
LARGEST, LARGEST_ADAPTIVE, LARGEST_SGD = 1e-2, 2e-3, 1.0
EQUALISED = 5e-3
"""R1 goes with equalised layers (StyleGAN2 uses 2.5e-3), whose weights take larger steps."""
USUAL, SMALLEST = 5e-4, 1e-6


def _examine(case: Case) -> Finding | None:
    judged = {name: severity for name in _RATES if (severity := _judged(case, name)) is not None}
    if not judged:
        return None
    severity = min(judged.values(), key=lambda one: one.rank)
    low = all((case.facts.number(name) or 0.0) < SMALLEST for name in judged)
    return Finding(
        name=RULE.name,
        severity=severity,
        symptom=f"The learning rate is too {'low' if low else 'high'} for a GAN."
        if severity is Severity.RISK
        else "The learning rate is above what most GANs are trained with.",
        confidence=0.7 if severity is Severity.RISK else 0.4,
        evidence=known(case.facts, *judged, "generator_optimizer", "discriminator_optimizer"),
        explanation="Adam moves each weight by about the learning rate in each step. Above a few thousandths both "
        "players overshoot each other: losses blow up, samples turn to noise or to one image. Far below, nothing "
        "moves.",
        remedies=(
            Remedy(text="take 2e-4 for the generator", setting="--set generator.learning_rate=2e-4"),
            Remedy(text="and for the discriminator", setting="--set discriminator.learning_rate=2e-4"),
        ),
    )


def _judged(case: Case, name: str) -> Severity | None:
    rate = case.facts.number(name)
    optimizer = case.facts.choice(name.replace("learning_rate", "optimizer"))
    if rate is None or (optimizer in ("sgd", "sgd_momentum") and SMALLEST <= rate <= LARGEST_SGD):
        return None
    adaptive = EQUALISED if case.facts.choice("penalty") in ("r1", "r1_r2") else LARGEST_ADAPTIVE
    if rate < SMALLEST or rate > (LARGEST if optimizer == "other" else adaptive):
        return Severity.RISK
    return Severity.NOTE if rate > USUAL and adaptive == LARGEST_ADAPTIVE and optimizer != "other" else None


RULE = Rule(name="learning_rate", kind="mechanism", examine=_examine)
