"""Proofs that rest on a sentence alone, which may have been misread."""

from collections.abc import Iterable
from dataclasses import replace

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Severity
from equipoise.intake import LogReading

DOUBTFUL = 0.5
"""The confidence in a proof from notes whose wording sounds like something else."""


def doubted(findings: Iterable[Finding], reading: LogReading, text: str) -> tuple[Finding, ...]:
    """The findings, worst first, with such proofs as risks. `text` are the notes, empty where there are none."""
    names = [finding.name for finding in findings]
    told = [
        replace(finding, severity=Severity.RISK, confidence=min(finding.confidence, DOUBTFUL))
        if finding.severity is Severity.WIRING
        and _hearsay(finding, reading)
        and not _heard(finding, reading, text, names)
        else finding
        for finding in findings
    ]
    return tuple(sorted(told, key=lambda finding: finding.severity.rank))


def _hearsay(finding: Finding, reading: LogReading) -> bool:
    """Whether nothing was measured, and a sentence in notes is among what it rests on."""
    facts = _facts_of(finding)
    return len(facts) == len(finding.evidence) and any(reading.origins[name].source == "notes" for name in facts)


def _heard(finding: Finding, reading: LogReading, text: str, names: Iterable[str]) -> bool:
    """Whether the text sounds like it also to somebody who has not heard that sentence's facts."""
    from equipoise.intake.note_resemblance import (
        clues,
        sounds_like,
    )  # loads the model, needed only where there are notes

    kept = Facts({name: value for name, value in reading.facts.items() if name not in _facts_of(finding)})
    beside = clues(kept, [name for name in names if name != finding.name])
    return finding.name in str(sounds_like(text, beside).get("spoken_of", "")).split(", ")


def _facts_of(finding: Finding) -> list[str]:
    signals = [evidence.signal or "" for evidence in finding.evidence]
    return [signal.removeprefix("fact/") for signal in signals if signal.startswith("fact/")]
