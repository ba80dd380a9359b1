"""What the doctor answers to a case, and whether that is right."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from benchmarks.doctor.threads.casebook import ThreadCase
from equipoise.core.errors import DataError
from equipoise.core.records import Finding, Severity
from equipoise.reports.diagnosis import diagnose_log, given_facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The causes in the order in which the report names them, those of each finding, and the worst severity."""

    case: ThreadCase
    causes: tuple[str, ...] = ()
    by_finding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: Severity | None = None
    unreadable: bool = False

    @property
    def first(self) -> bool:
        """The first cause named is right."""
        return self.named(1)

    @property
    def among_three(self) -> bool:
        """One of the first three is."""
        return self.named(3)

    def named(self, count: int) -> bool:
        """Whether one of the first `count` causes is right."""
        return not set(self.causes[:count]).isdisjoint(self.case.expected)

    @property
    def left_alone(self) -> bool:
        """It was read, and nothing worse than a risk was said."""
        return not self.unreadable and (self.severity is None or self.severity.rank >= Severity.RISK.rank)


def answer(case: ThreadCase) -> Answer:
    """Diagnose a case as the command does: a log, `--objective`, and a facts file with notes."""
    with tempfile.TemporaryDirectory() as folder:
        log, facts = Path(folder) / "train.log", Path(folder) / "facts.yaml"
        log.write_text(case.log, encoding="utf-8")
        facts.write_text(yaml.safe_dump({**case.facts, "notes": case.notes}), encoding="utf-8")
        try:
            diagnosis = diagnose_log(log, given=given_facts(case.objective, []), facts_file=facts)
        except DataError:
            return Answer(case=case, unreadable=True)
    worst = min((finding.severity for finding in diagnosis.findings), key=lambda one: one.rank, default=None)
    causes = causes_in_order(diagnosis.findings)
    by_finding = {finding.name: causes_in_order([finding]) for finding in diagnosis.findings}
    return Answer(case=case, causes=causes, by_finding=by_finding, severity=worst)


def causes_in_order(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Every cause once, in the order of the findings and of each one's causes; what only reassures names none."""
    worries: Iterable[Finding] = (finding for finding in findings if finding.severity is not Severity.REASSURANCE)
    return tuple(dict.fromkeys(cause.name for finding in worries for cause in finding.causes))
