"""The samples left the region of the data, or never get there."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, often_beyond

FAR = 1.0
"""Distance of the means in units of the data's own spread: samples no longer overlap with reals."""
WILD = 4.0
"""Total variance over that of reals."""

BEGINNING = 10
"""Looks before anything is said of samples: the first ones are noise."""


def _examine(case: Case) -> Finding | None:
    seen = _far(case)
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.9,
        symptom="The samples are not where the data are.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="This is measured on the samples themselves, so no reading of a loss can explain it away.",
        causes=(
            Cause(name="generator_sign", text="The generator goes the wrong way."),
            Cause(name="critic_lags", text="It follows a discriminator that is behind or broken."),
            Cause(name="data_range", text="Data and generator have different ranges."),
        ),
        remedies=(
            Remedy(text="run `equipoise check` on modules and losses: signs, ranges, penalty, optimisers"),
            Remedy(text="go back to a checkpoint from before it, with half the learning rates"),
        ),
    )


def _far(case: Case) -> Seen | None:
    return often_beyond(
        case,
        Limit(
            "samples/mean_shift",
            FAR,
            above=True,
            release=0.7,
            label="distance of the means",
            looks=BEGINNING,
            share=0.2,
        ),
    ) or often_beyond(
        case,
        Limit(
            "samples/variance_ratio",
            WILD,
            above=True,
            release=3.0,
            label="variance, 1 as reals",
            looks=BEGINNING,
            share=0.2,
        ),
    )


RULE = Rule(name="samples_explode", kind="symptom", examine=_examine)
