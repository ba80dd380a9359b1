"""`BatchNorm2d(channels, 0.8)` sets eps, not momentum."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

LARGE = 0.1


def _examine(case: Case) -> Finding | None:
    eps = case.facts.number("batch_norm_eps")
    if eps is None or eps < LARGE:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom=f"Batch normalisation has an eps of {eps:g}, surely meant as its momentum.",
        evidence=known(case.facts, "batch_norm_eps"),
        explanation="The second positional argument is eps, which is added to the variance: features of small variance "
        "are hardly normalised. Well-known loops train with this slip; without it they train better.",
        remedies=(Remedy(text="name the argument", setting="nn.BatchNorm2d(channels, momentum=0.2)"),),
    )


RULE = Rule(name="normalisation_slip", kind="mechanism", examine=_examine)
