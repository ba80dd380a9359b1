"""Spectral normalisation under a Wasserstein loss."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    spectral = facts.flag("spectral_norm") or facts.choice("discriminator_normalisation") == "spectral"
    if not case.wasserstein or not spectral:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE if case.penalised else Severity.RISK,
        symptom="The Wasserstein critic is bounded twice."
        if case.penalised
        else "A spectrally normalised critic is trained with the Wasserstein loss.",
        confidence=0.5,
        evidence=known(facts, "objective", "spectral_norm", "discriminator_normalisation", "penalty"),
        explanation="Every layer may stretch by at most 1 and most stretch by less, so the product over the layers is "
        "small: the generator receives a faint gradient and training crawls. The hinge loss has a scale of its own.",
        remedies=(
            Remedy(text="use the hinge loss with it", setting="--recipe sngan"),
            Remedy(text="or bound the critic by a gradient penalty instead", setting="--recipe wgan-gp"),
        ),
    )


RULE = Rule(name="spectral_with_wasserstein", kind="mechanism", examine=_examine)
