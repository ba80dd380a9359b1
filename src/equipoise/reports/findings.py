"""How findings look: on the terminal, as JSON, as an exit status. Every command that reports findings uses these."""

import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from equipoise.core.records import Finding, Severity

STATUS = {Severity.WIRING: 5, Severity.HARM: 4, Severity.RISK: 3}
"""The exit status of a command that found something of that severity; 0 for anything milder."""

_COLOURS = {
    Severity.WIRING: "1;31",
    Severity.HARM: "31",
    Severity.RISK: "33",
    Severity.NOTE: "36",
    Severity.REASSURANCE: "32",
}
_WIDEST = 110
_NARROWEST = 40


def exit_status(findings: Sequence[Finding]) -> int:
    """0 if nothing is worse than a note, 3 for a risk, 4 for harm, 5 for wiring."""
    return max((STATUS.get(finding.severity, 0) for finding in findings), default=0)


def rendered(findings: Sequence[Finding], *, coloured: bool | None = None) -> str:
    """Worst first, as wrapped text for people. Without `coloured`, colours where standard output is a terminal.

    Reassurances come last, under a heading of their own: they are the answer to a worry, not a worry.
    """
    paint = on_terminal() if coloured is None else coloured
    ordered = sorted(findings, key=lambda finding: finding.severity.rank)
    worries = [finding for finding in ordered if finding.severity is not Severity.REASSURANCE]
    comforts = [finding for finding in ordered if finding.severity is Severity.REASSURANCE]
    parts = ["\n".join(_lines(finding, paint=paint)) for finding in worries]
    if comforts:
        parts.append("Looks alarming, is normal:")
        parts.extend("\n".join(_lines(finding, paint=paint)) for finding in comforts)
    return "\n\n".join(parts)


def as_json(finding: Finding) -> dict[str, Any]:
    """The record as plain JSON values. A number that is not finite is the string "nan", "inf" or "-inf"."""
    plain: dict[str, Any] = _strict({**asdict(finding), "page": finding.page})
    return plain


def wrapped(text: str, *, indent: int = 0, label: str = "") -> str:
    """One paragraph within the terminal's width; later lines are indented under the first word after `label`."""
    first = " " * indent + label
    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def on_terminal() -> bool:
    """Whether standard output is a terminal whose owner did not ask for plain text (NO_COLOR)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _lines(finding: Finding, *, paint: bool) -> Iterator[str]:
    yield _heading(finding, paint=paint)
    if finding.explanation:
        yield wrapped(finding.explanation, indent=2)
    sections = (
        ("evidence   ", [evidence.statement for evidence in finding.evidence]),
        ("causes     ", [cause.text for cause in finding.causes]),
        ("ruled out  ", finding.ruled_out),
        ("do         ", _numbered([str(remedy) for remedy in finding.remedies])),
        ("measure    ", finding.measure_next),
        ("read       ", [finding.page]),
    )
    for label, texts in sections:
        for number, text in enumerate(texts):
            yield wrapped(text, indent=2, label=label if number == 0 else " " * len(label))


def _heading(finding: Finding, *, paint: bool) -> str:
    """`HARM  The samples collapse. (mode_collapse, 90% sure, since 12,000)`."""
    details = [finding.name, f"{finding.confidence:.0%} sure"]
    if finding.since is not None:
        details.append(f"since {finding.since:,}")
    level = finding.severity.upper()
    text = wrapped(f"{finding.symptom} ({', '.join(details)})", label=f"{level}  ")
    return text.replace(level, f"\033[{_COLOURS[finding.severity]}m{level}\033[0m", 1) if paint else text


def _numbered(texts: Sequence[str]) -> list[str]:
    return [f"{number}. {text}" for number, text in enumerate(texts, start=1)] if len(texts) > 1 else list(texts)


def _strict(value: Any) -> Any:
    """`value` with nothing in it that strict JSON cannot say."""
    if isinstance(value, dict):
        return {key: _strict(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return str(value) if isinstance(value, Severity) else value
