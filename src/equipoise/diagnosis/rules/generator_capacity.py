"""The generator cannot do better, though nothing is wrong with the game."""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule

SEEN_THROUGH = 0.95
FEWER = 0.2
LOOKS = 12


def _examine(case: Case) -> Finding | None:
    ranking = case.settled("separation/held_out_ranking", looks=5, share=0.4)
    theirs, others = case.facts.number("generator_parameters"), case.facts.number("discriminator_parameters")
    if theirs is None or others is None or theirs > FEWER * others or sample_trend(case) != "same":
        return None
    if len(ranking) < LOOKS or float(np.median(ranking.values)) < SEEN_THROUGH:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.6,
        symptom="The generator is small, sees through to its opponent's verdict, and gets no better.",
        since=int(ranking.at[0]),
        evidence=(
            Evidence(
                statement=f"it has {theirs:,.0f} parameters against {others:,.0f}",
                signal="fact/generator_parameters",
                value=theirs,
                threshold=FEWER * others,
            ),
            Evidence(
                statement=f"reals rank above fakes in {float(np.median(ranking.values)):.1%} of pairs, and the "
                f"samples stand still",
                signal="separation/held_out_ranking",
                value=float(np.median(ranking.values)),
                threshold=SEEN_THROUGH,
                first=int(ranking.at[0]),
                last=int(ranking.at[-1]),
            ),
        ),
        explanation="The discriminator is right, its slope reaches the generator, and the generator cannot follow.",
        causes=(Cause(name=RULE.name, text="The generator is too small."),),
        remedies=(Remedy(text="make the generator wider, twice at least"),),
    )


RULE = Rule(name="generator_capacity", kind="mechanism", examine=_examine)
