"""What a text sounds like, where it states nothing that would decide."""

from math import inf

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.topics import spoken_of
from equipoise.diagnosis.wording import known

OFTEN_RIGHT = ((0.3, 0.9), (0.2, 0.8), (0.1, 0.5), (-inf, 0.1))
"""A resemblance, and how often the first failure is right from there on up to the next; see the page."""
CALM = 0.15
"""By how much a text must sound more like a worry without need than like any failure, for the guess to be a note."""


def _examine(case: Case) -> Finding | None:
    causes = spoken_of(case)
    if not causes:
        return None
    calm = (case.facts.number("calm") or 0.0) >= CALM
    worry, guess = "sounds like a worry without need; if it is none, like", "sounds like"
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE if calm else Severity.RISK,
        symptom=f"What was told {worry if calm else guess} `{causes[0].name}`; nothing shows it.",
        confidence=_confidence(case.facts.number("resemblance") or 0.0),
        evidence=known(case.facts, "spoken_of", "resemblance", "calm"),
        explanation="No cause is shown. These are the ones that are told in such words.",
        causes=causes,
        remedies=(Remedy(text="make sure of the first cause by its page before changing anything"),),
        measure_next=(
            "the wiring, in seconds: `equipoise check module:build`",
            "the game as it is played: `eq.watch(generator, discriminator, objective=...)`",
            "the losses and the samples: give their log, and the facts `samples` and `losses`",
        ),
    )


def _confidence(resemblance: float) -> float:
    return next(right for least, right in OFTEN_RIGHT if resemblance >= least)


RULE = Rule(name="spoken_of", kind="symptom", examine=_examine)
