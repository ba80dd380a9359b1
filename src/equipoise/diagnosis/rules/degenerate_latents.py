"""Samples lie on a line or a point although they differ widely: the latents carry too little."""

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond

FEWEST_DIMENSIONS = 4.0
DUPLICATES = 0.15


def _examine(case: Case) -> Finding | None:
    dimension = case.facts.number("latent_dim")
    if dimension is None or dimension >= FEWEST_DIMENSIONS:
        return None
    seen = often_beyond(case, Limit("samples/duplicates", DUPLICATES, above=True, label="share of duplicates", looks=4))
    if seen is None:
        return None
    size = Evidence(
        statement=f"a latent vector has {dimension:g} numbers", signal="fact/latent_dim", value=dimension,
        threshold=FEWEST_DIMENSIONS,
    )  # fmt: skip
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.9,
        symptom="Samples lie so close together because the latents have too few dimensions.",
        since=seen.since,
        evidence=(size, seen.evidence),
        explanation="A generator can only bend the space of its latents, not add dimensions to it.",
        causes=(Cause(name="latent_too_small", text="The latent vectors are too short."),),
        ruled_out=("mode collapse: the distance between samples at large is that of reals",),
        remedies=(Remedy(text="use longer latent vectors", setting="generator.latent_dim=64"),),
    )


RULE = Rule(name="degenerate_latents", kind="mechanism", examine=_examine)
