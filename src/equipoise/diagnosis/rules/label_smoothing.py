"""Targets other than 1 and 0."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

LOWEST_REAL = 0.6


def _examine(case: Case) -> Finding | None:
    real, fake = case.facts.number("real_target"), case.facts.number("fake_target")
    other = case.objective is not None and not case.logistic
    if other and case.facts.choice("loss_function") not in ("bce", "bce_with_logits"):
        return None
    told = _judged(1.0 if real is None else real, 0.0 if fake is None else fake)
    if told is None:
        return None
    severity, symptom = told
    return Finding(
        name=RULE.name,
        severity=severity,
        symptom=symptom,
        confidence=0.4,
        evidence=known(case.facts, "real_target", "fake_target"),
        explanation="Smoothing the target of reals keeps the discriminator from certainty. Smoothing that of fakes "
        "rewards it for calling some fakes real, where the generator already is; it then has a reason to stay.",
        remedies=(Remedy(text="smooth reals only", setting="--set objective.real_target=0.9  # fakes stay at 0"),),
    )


def _judged(real: float, fake: float) -> tuple[Severity, str] | None:
    if real <= fake:
        return (
            Severity.NOTE,
            f"Reals have the target {real:g} and fakes {fake:g}; the generator's must be {real:g} too.",
        )
    if fake > 0.0:
        return Severity.RISK, f"The target of fakes is smoothed too, to {fake:g}."
    if real > 1.0:
        return Severity.NOTE, f"The target of reals is {real:g}, which no probability can reach."
    if real < LOWEST_REAL:
        return Severity.RISK, f"The target of reals is {real:g}, hardly more than undecided."
    return None


RULE = Rule(name="label_smoothing", kind="mechanism", examine=_examine)
