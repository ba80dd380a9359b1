"""What a text speaks of, where it states nothing that would decide."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.innocence import acquittal
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.topics import TROUBLE, causes_of
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    topic = case.facts.choice("spoken_of")
    if topic is None or acquittal(topic, case.facts) is not None:
        return None
    causes = causes_of(topic, case)
    if topic == TROUBLE:
        return _finding(case, causes, "Something is wrong, and nothing that was told shows what.", 0.1)
    return _finding(case, causes, f"What was told sounds like `{topic}`; nothing shows it.", 0.3)


def _finding(case: Case, causes: tuple[Cause, ...], symptom: str, confidence: float) -> Finding:
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        symptom=symptom,
        confidence=confidence,
        evidence=known(case.facts, "spoken_of"),
        explanation="No cause is shown. These are the ones that such words, and this kind of set-up, most often turn "
        "out to have; the order is that of how often.",
        causes=causes,
        remedies=(Remedy(text="make sure of the first cause by its page before changing anything"),),
        measure_next=(
            "the wiring, in seconds: `equipoise check module:build`",
            "the game as it is played: `eq.watch(generator, discriminator, objective=...)`",
            "the losses and the samples: give their log, and the facts `samples` and `losses`",
        ),
    )


RULE = Rule(name="spoken_of", kind="symptom", examine=_examine)
