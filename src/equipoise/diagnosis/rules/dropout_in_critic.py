"""Dropout in the discriminator under a gradient penalty."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

HALF = 0.5


def _examine(case: Case) -> Finding | None:
    rate = case.facts.number("discriminator_dropout")
    if not rate or not (case.penalised or case.wasserstein or rate > HALF):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=f"The discriminator drops {rate:.0%} of its features"
        + (" while its gradient is penalised." if case.penalised else "."),
        confidence=0.5,
        evidence=known(case.facts, "discriminator_dropout", "penalty"),
        explanation="Each call then scores with another network: the penalty bounds one, the loss uses another, and "
        "the Wasserstein estimate is noisy.",
        remedies=(Remedy(text="leave dropout out", setting="--set discriminator.dropout=0"),),
    )


RULE = Rule(name="dropout_in_critic", kind="mechanism", examine=_examine)
