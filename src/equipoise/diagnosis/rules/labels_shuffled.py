"""Labels do not belong to their samples."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

NEAR_CHANCE = 2.0
"""A classifier of true labels is right far more often than this many times chance."""


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    accuracy, classes = facts.number("real_label_accuracy"), facts.number("classes")
    at_chance = accuracy is not None and classes is not None and accuracy < min(NEAR_CHANCE / classes, 0.7)
    if not facts.flag("labels_shuffled") and not at_chance:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING if facts.flag("labels_shuffled") else Severity.RISK,
        symptom="The labels of the data do not belong to their samples.",
        confidence=1.0 if facts.flag("labels_shuffled") else 0.8,
        evidence=known(facts, "labels_shuffled", "real_label_accuracy", "classes"),
        explanation="Both players learn that labels say nothing, so samples of any class come out under any label.",
        remedies=(
            Remedy(text="shuffle samples and labels together", setting="DataLoader(TensorDataset(images, labels))"),
            Remedy(text="look at a grid of real images under their labels"),
        ),
    )


RULE = Rule(name="labels_shuffled", kind="mechanism", examine=_examine)
