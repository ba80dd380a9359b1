"""Blobs at the limits of the generator's range."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, stays_beyond

MORE_THAN_REALS = 0.3
"""Share of values within half a percent of the reals' range from its ends, above the share among reals: most of a
digit's pixels lie there by nature."""


def _examine(case: Case) -> Finding | None:
    seen = stays_beyond(
        case, Limit("samples/saturated_share", MORE_THAN_REALS, above=True, less="samples/saturated_share_of_reals",
        label="share of values at the ends of the range, less that of the reals,", looks=4, share=0.1,
    ))  # fmt: skip
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.8,
        symptom="Large parts of the samples sit at the limits of the generator's range.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="A saturated tanh or sigmoid has no slope, so those values can hardly come back.",
        causes=(
            Cause(name="generator_too_fast", text="Steps so large that the last layer saturated."),
            Cause(name="data_range", text="The data lie outside the generator's range."),
        ),
        remedies=(
            slower(case, "generator"),
            Remedy(text="begin with smaller weights in its last layer"),
        ),
    )


RULE = Rule(name="saturated_pixels", kind="mechanism", examine=_examine)
