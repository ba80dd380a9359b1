"""All samples nearly alike."""

import numpy as np

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, often_beyond, stays_beyond

DUPLICATES = 0.15
"""Share of samples whose nearest other sample is closer than a tenth of what is usual among reals."""
NARROW = 0.3
"""Mean distance between samples, over that between reals."""
POOR = 0.1
"""Total variance of samples over that of reals."""
FEWEST_DIMENSIONS = 4.0

RECENT, GROWS = 5, 1.1
CONSTANT = 0.01
BEGINNING = 10
"""Looks before anything is said of samples: the first ones are noise."""
WANDERING = 25
"""Looks before duplicates count: until its modes open up a healthy conditional game goes about as a few dense spots."""


def _examine(case: Case) -> Finding | None:
    seen = _narrow(case)
    if seen is None or _still_growing(case):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.9,
        symptom="The generator gives nearly the same sample whatever the latents.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="It found something that passes and stays there; the discriminator chases it from place to place.",
        causes=_causes(case),
        remedies=(
            Remedy(text="go back to the last checkpoint whose samples differ"),
            slower(case, "generator"),
            Remedy(text="limit the discriminator's slope", setting="constraints.r1.weight=1"),
            Remedy(text="show it several samples at once", setting="discriminator.packing=2"),
            Remedy(text="or statistics of the batch", setting="discriminator.minibatch=stddev"),
            Remedy(text="reward different samples for different latents", setting="generator.mode_seeking=1"),
        ),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    causes = [
        Cause(name="generator_too_fast", text="The generator's steps are too large."),
        Cause(name="discriminator_dominates", text="The discriminator's slope pushes all samples the same way."),
        Cause(name="momentum", text="Momentum carries both players past the equilibrium."),
    ]
    diversity = case.history["samples/diversity"]
    if len(diversity) and float(diversity.values[0]) < CONSTANT:
        causes.insert(0, Cause(name="constant_output", text="The samples were all alike from the first look on."))
    return tuple(causes)


def _still_growing(case: Case) -> bool:
    """A generator that began narrow and widens from look to look has not collapsed."""
    values = case.history["samples/diversity"].values
    if len(values) < 2 * RECENT:
        return False
    before, now = float(np.median(values[-2 * RECENT : -RECENT])), float(np.median(values[-RECENT:]))
    return now > GROWS * before and now >= 0.9 * float(values.max())


def _narrow(case: Case) -> Seen | None:
    dimension = case.facts.number("latent_dim")
    duplicates = None
    if dimension is None or dimension >= FEWEST_DIMENSIONS:  # with fewer, samples lie close together by construction
        duplicates = often_beyond(
            case,
            Limit(
                "samples/duplicates", DUPLICATES, above=True, release=0.1, label="share of duplicates", looks=WANDERING
            ),
        )
    return (
        often_beyond(
            case,
            Limit(
                "samples/diversity",
                NARROW,
                above=False,
                release=0.4,
                label="distance between samples, 1 as reals",
                looks=BEGINNING,
            ),
        )
        or duplicates
        or stays_beyond(
            case,
            Limit(
                "samples/variance_ratio", POOR, above=False, label="variance, 1 as reals", share=0.2, looks=BEGINNING
            ),
        )
    )


RULE = Rule(name="mode_collapse", kind="symptom", examine=_examine)
