"""Many real samples are copies of others."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

MANY, SOME = 0.2, 0.02


def _examine(case: Case) -> Finding | None:
    share = case.facts.number("duplicate_share")
    if share is None or share < SOME:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if share >= MANY else Severity.NOTE,
        symptom=f"{share:.0%} of the real samples are copies of others.",
        confidence=0.5,
        evidence=known(case.facts, "duplicate_share", "dataset_size"),
        explanation="Copies count several times: the generator is right to repeat them, and the data are fewer than "
        "they seem.",
        remedies=(Remedy(text="remove them before training", setting="equipoise data SOURCE  # counts them"),),
    )


RULE = Rule(name="duplicated_data", kind="mechanism", examine=_examine)
