"""What a person saw the losses do, where no log of them can be read."""

from dataclasses import replace

from equipoise.core.records import Finding, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, doubt
from equipoise.diagnosis.observations import LOSSES, reported
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.reported_samples import WELL
from equipoise.diagnosis.seen import FEWEST


def _examine(case: Case) -> Finding | None:
    """Losses that can be read are for other rules to judge; good samples outweigh any loss."""
    seen = case.facts.choice("losses")
    if seen not in LOSSES or _readable(case):
        return None
    finding = reported(RULE.name, "losses", LOSSES[seen], case)
    return replace(finding, severity=Severity.NOTE) if case.facts.choice("samples") in WELL else finding


def _readable(case: Case) -> bool:
    """The discriminator's loss is there and has a level that means something, or is a critic's."""
    return doubt(case) is not None or (case.wasserstein and len(discriminator_loss(case)) >= FEWEST)


RULE = Rule(name="reported_losses", kind="symptom", examine=_examine)
