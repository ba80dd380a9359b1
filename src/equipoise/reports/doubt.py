"""What rests on a sentence alone, which may have been misread."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Severity
from equipoise.intake import Origin

DOUBTFUL = 0.5
"""The confidence in what rests on notes whose wording sounds like something else, or like a worry without need.

Most of such proofs were wrong in threads on which the readers of notes had not been tuned.
"""
CALM = -0.1
"""How much more a text may sound like a failure than like a worry without need, and still be taken for the latter.

When it was chosen by `python -m benchmarks.doctor.threads --unseen`, 102 of 107 groundless worries of four books were
left alone with it and 97 without, and the first cause was right in two of 491 threads less.
"""


def doubted(findings: Iterable[Finding], facts: Facts, origins: Mapping[str, Origin]) -> tuple[Finding, ...]:
    """The findings, worst first, with what is in doubt as a risk."""
    told = [
        replace(finding, severity=Severity.RISK, confidence=min(finding.confidence, DOUBTFUL))
        if _hearsay(finding, origins) and _in_doubt(finding, facts)
        else finding
        for finding in findings
    ]
    return tuple(sorted(told, key=lambda finding: finding.severity.rank))


def _in_doubt(finding: Finding, facts: Facts) -> bool:
    calm = facts.number("calm")
    if calm is not None and calm > CALM:
        return finding.severity in (Severity.WIRING, Severity.HARM)
    return finding.severity is Severity.WIRING and finding.name not in facts.names("spoken_of")


def _hearsay(finding: Finding, origins: Mapping[str, Origin]) -> bool:
    """Whether nothing was measured, and a sentence in notes is among what it rests on."""
    signals = [evidence.signal or "" for evidence in finding.evidence]
    facts = [signal.removeprefix("fact/") for signal in signals if signal.startswith("fact/")]
    return len(facts) == len(signals) and any(origins[name].source == "notes" for name in facts if name in origins)
