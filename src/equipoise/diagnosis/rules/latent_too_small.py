"""Fewer latent numbers than the data have directions."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

FEW = 4.0


def _examine(case: Case) -> Finding | None:
    size = case.facts.number("latent_dim")
    if size is None or size >= FEW:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        symptom=f"Latents have only {size:g} number{'s' if size > 1 else ''}.",
        confidence=0.5,
        evidence=known(case.facts, "latent_dim"),
        explanation="Samples then lie on a curve or a sheet: neighbours nearly coincide, and much of the data is never "
        "reached, although samples far apart differ as they should.",
        remedies=(Remedy(text="take 64 to 128; more adds nothing", setting="--set generator.latent_dim=100"),),
    )


RULE = Rule(name="latent_too_small", kind="mechanism", examine=_examine)
