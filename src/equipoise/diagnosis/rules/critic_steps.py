"""How often each player moves in a round."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

MANY_FOR_A_PROBABILITY, MANY = 5.0, 20.0
GENERATOR_AHEAD = 5.0


def _examine(case: Case) -> Finding | None:
    d_steps, g_steps = case.facts.number("d_steps"), case.facts.number("g_steps") or 1.0
    if d_steps is None or d_steps <= 0.0:
        return None
    told = _judged(case, d_steps / g_steps)
    if told is None:
        return None
    severity, symptom, wanted = told
    return Finding(
        name=RULE.name,
        severity=severity,
        symptom=symptom,
        confidence=0.5,
        evidence=known(case.facts, "d_steps", "g_steps", "objective"),
        explanation="A Wasserstein critic is a good guide when it is near its best, so five steps to one are usual; "
        "one was harmless on images and ruinous on points. A discriminator of probabilities has no such need.",
        remedies=(
            Remedy(text="discriminator steps for each generator step", setting=f"--set training.d_steps={wanted}"),
        ),
        measure_next=("separation/ranking: below 0.5 means that the discriminator cannot follow",),
    )


def _judged(case: Case, ratio: float) -> tuple[Severity, str, int] | None:
    if ratio <= 1.0 / GENERATOR_AHEAD:
        return Severity.RISK, f"The generator takes {1 / ratio:.3g} steps to one of the discriminator.", 1
    if case.wasserstein and ratio <= 1.0:
        return Severity.NOTE, "The critic takes no more steps than the generator.", 5
    if case.logistic and ratio >= MANY_FOR_A_PROBABILITY:
        severity = Severity.RISK if ratio >= MANY else Severity.NOTE
        return severity, f"The discriminator takes {ratio:.3g} steps to one of the generator.", 1
    if ratio >= MANY:
        return Severity.NOTE, f"The critic takes {ratio:.3g} steps to one of the generator: slow.", 5
    return None


RULE = Rule(name="critic_steps", kind="mechanism", examine=_examine)
