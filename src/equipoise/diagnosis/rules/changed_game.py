"""Signals jump when a rule of the game is changed; every other rule starts to count again from there."""

from equipoise.core.records import Evidence, Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm
from equipoise.diagnosis.rule import Rule


def _examine(case: Case) -> Finding | None:
    if not case.history.changes:
        return None
    last = case.history.changes[-1]
    return calm(
        RULE.name,
        f"The game was changed at {last:,} {case.history.unit}: losses before and after cannot be compared.",
        "A new learning rate, update ratio, penalty weight or augmentation moves both losses at once.",
        Evidence(statement=f"{len(case.history.changes)} changes, the last at {last:,}", first=last, last=last),
    )


RULE = Rule(name="changed_game", kind="reassurance", examine=_examine)
