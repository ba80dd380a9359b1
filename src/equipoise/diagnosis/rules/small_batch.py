"""Batches too small to give a direction."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.samples_fall_short import shortfalls
from equipoise.diagnosis.wording import known

FEW, RATHER_FEW = 8.0, 16.0
"""Of the zoo's calibration 4 harmed some games and 8 others; a batch of 8 to 16 is a
risk only where samples are seen to fall short."""


def _examine(case: Case) -> Finding | None:
    size = case.facts.number("batch_size")
    if size is None or size > RATHER_FEW or (size >= FEW and not shortfalls(case)):
        return None
    normalised = "batch" in (
        case.facts.choice("generator_normalisation"),
        case.facts.choice("discriminator_normalisation"),
    )
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        symptom=f"A batch has only {size:g} samples" + (", and is normalised by its own mean." if normalised else "."),
        confidence=0.7 if normalised else 0.5,
        evidence=known(case.facts, "batch_size", "generator_normalisation", "discriminator_normalisation"),
        explanation="The gradients of such batches agree with one another hardly better than chance. Batch "
        "normalisation over so few samples also removes what makes them differ.",
        remedies=(
            Remedy(text="take larger batches", setting="--set training.batch_size=64"),
            Remedy(text="or add up several", setting="--set training.micro_batches=4"),
            Remedy(text="or lower both learning rates and use instance normalisation"),
        ),
    )


RULE = Rule(name="small_batch", kind="mechanism", examine=_examine)
