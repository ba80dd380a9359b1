"""Some kinds of sample are missing, though the others are good and differ."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond

MISSED = 0.5
"""Share of the reals within reach of a sample; healthy runs of the zoo end above 0.8."""
BEGINNING = 25


def _examine(case: Case) -> Finding | None:
    limit = Limit(
        "samples/recall", MISSED, above=False, label="share of reals that samples reach", release=0.6, looks=BEGINNING
    )
    seen = often_beyond(case, limit)
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85,
        symptom="The samples reach only a part of the data.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Whole groups of real samples have no generated one near them, or all samples lie beside the data.",
        causes=(
            Cause(name="mode_collapse", text="The generator settled on a part of the data."),
            Cause(name="generator_capacity", text="The generator cannot form the rest."),
        ),
        remedies=(
            slower(case, "generator"),
            Remedy(text="limit the discriminator's slope", setting="constraints.r1.weight=1"),
            Remedy(text="give the discriminator more updates", setting="training.d_steps=2"),
            Remedy(text="use larger batches", setting="training.batch_size=128"),
            Remedy(text="show the discriminator several samples at once", setting="discriminator.packing=2"),
        ),
    )


RULE = Rule(name="missing_modes", kind="symptom", examine=_examine)
