"""Gradients of the discriminator's step reach the generator."""

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_FACTS = ("generator_gradients_leak", "fakes_detached", "gradients_zeroed")


def _examine(case: Case) -> Finding | None:
    severity = _severity(case.facts)
    if severity is None:
        return None
    wasteful = severity is Severity.NOTE
    return Finding(
        name=RULE.name,
        severity=severity,
        symptom="The discriminator's step runs backward through the generator, for nothing."
        if wasteful
        else "Gradients of the discriminator's step are still in the generator when it takes its own step.",
        confidence=0.5 if severity is Severity.RISK else 1.0,
        evidence=known(case.facts, *_FACTS),
        explanation="The gradients are cleared in time, so it costs time and memory but harms nothing."
        if wasteful
        else "The discriminator's loss asks the generator to be easier to recognise; added to its own gradient, that "
        "pulls it back or apart.",
        remedies=(
            Remedy(text="cut the graph in the discriminator's step", setting="fake = generator(latents).detach()"),
            Remedy(text="clear the generator's gradients before its backward", setting="g_optimizer.zero_grad()"),
        ),
    )


def _severity(facts: Facts) -> Severity | None:
    if facts.flag("generator_gradients_leak"):
        return Severity.WIRING
    if facts.flag("generator_gradients_leak") is not None or facts.flag("fakes_detached") is not False:
        return Severity.NOTE if facts.flag("fakes_detached") is False else None
    return {True: Severity.NOTE, False: Severity.WIRING, None: Severity.RISK}[facts.flag("gradients_zeroed")]


RULE = Rule(name="gradient_leak", kind="mechanism", examine=_examine)
