"""What the doctor says of a recorded run, look by look, knowing only what was known then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.doctor.record import Record
from equipoise.core.records import Finding, Severity
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.examine import examine

REPLAYS = 50
CONFIDENT = 0.7
"""A cause that is named with less counts as a guess."""
_KINDS = {rule.name: rule.kind for rule in RULES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """All that the doctor said of one run.

    `alarms` are the looks at which something of severity wiring or harm was to be seen, `risks` those at which nothing
    worse than a risk was. `causes` are the names given at the last alarm, likeliest first; `mechanisms` those of its
    findings that explain harm with confidence; `first` is what raised the first alarm.
    """

    alarms: tuple[int, ...]
    risks: tuple[int, ...]
    causes: tuple[str, ...]
    mechanisms: tuple[str, ...]
    first: str

    def alarm_since(self, at: int) -> int | None:
        """The first alarm from then on."""
        return next((alarm for alarm in self.alarms if alarm >= at), None)


def replayed(record: Record) -> Verdict:
    """Examine the run at every fiftieth of it."""
    alarms: list[int] = []
    risks: list[int] = []
    first = ""
    last: tuple[Finding, ...] = ()
    for at in np.linspace(0, record.rounds, REPLAYS + 1).round().astype(int).tolist()[1:]:
        findings = examine(record.facts_at(at), record.history.until(at))
        loud = alarming(findings)
        if loud:
            alarms.append(at)
            first, last = first or loud[0].name, findings
        elif any(finding.severity is Severity.RISK for finding in findings):
            risks.append(at)
    return Verdict(
        alarms=tuple(alarms), risks=tuple(risks), causes=causes(last), mechanisms=mechanisms(last), first=first
    )


def alarming(findings: Sequence[Finding]) -> list[Finding]:
    """Those that would page somebody."""
    return [finding for finding in findings if finding.severity in (Severity.WIRING, Severity.HARM)]


def causes(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Names in the order in which a reader meets them: the causes of the first alarm, itself, those of the next."""
    names = [name for finding in alarming(findings) for name in (*(c.name for c in finding.causes), finding.name)]
    return tuple(dict.fromkeys(names))


def mechanisms(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Explanations that are given with confidence."""
    return tuple(
        finding.name
        for finding in alarming(findings)
        if _KINDS.get(finding.name) in ("wiring", "mechanism") and finding.confidence >= CONFIDENT
    )
