"""What a person saw the losses do, where there is no log of them."""

from dataclasses import replace

from equipoise.core.records import Finding, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.observations import LOSSES, reported
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.reported_samples import WELL


def _examine(case: Case) -> Finding | None:
    """Losses that were measured are for other rules to judge; good samples outweigh any loss."""
    seen = case.facts.choice("losses")
    if seen not in LOSSES or case.history.series:
        return None
    finding = reported(RULE.name, "losses", LOSSES[seen], case)
    return replace(finding, severity=Severity.NOTE) if case.facts.choice("samples") in WELL else finding


RULE = Rule(name="reported_losses", kind="symptom", examine=_examine)
