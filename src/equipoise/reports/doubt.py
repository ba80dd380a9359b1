"""Proofs that rest on a sentence alone, which may have been misread."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Severity
from equipoise.intake import Origin

DOUBTFUL = 0.5
"""The confidence in a proof from notes whose wording sounds like something else.

Most of them were wrong in threads on which the readers of notes had not been tuned.
"""


def doubted(findings: Iterable[Finding], facts: Facts, origins: Mapping[str, Origin]) -> tuple[Finding, ...]:
    """The findings, worst first, with such proofs as risks."""
    told = [
        replace(finding, severity=Severity.RISK, confidence=min(finding.confidence, DOUBTFUL))
        if finding.severity is Severity.WIRING and _hearsay(finding, origins) and not _borne_out(finding, facts)
        else finding
        for finding in findings
    ]
    return tuple(sorted(told, key=lambda finding: finding.severity.rank))


def _hearsay(finding: Finding, origins: Mapping[str, Origin]) -> bool:
    """Whether nothing was measured, and a sentence in notes is among what it rests on."""
    signals = [evidence.signal or "" for evidence in finding.evidence]
    facts = [signal.removeprefix("fact/") for signal in signals if signal.startswith("fact/")]
    return len(facts) == len(signals) and any(origins[name].source == "notes" for name in facts if name in origins)


def _borne_out(finding: Finding, facts: Facts) -> bool:
    return finding.name in facts.names("spoken_of")
