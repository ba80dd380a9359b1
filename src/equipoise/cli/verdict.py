"""The last words of a training command."""

import sys
from collections.abc import Sequence
from pathlib import Path

from equipoise.core.processes import processes_here
from equipoise.core.records import Finding, Severity
from equipoise.diagnosis import examine, verdict
from equipoise.reports import newest_picture, read_history
from equipoise.reports.findings import exit_status
from equipoise.reports.stopping import stopping_lines
from equipoise.training.loop import Outcome
from equipoise.training.progress import duration

MOST_FINDINGS = 3


def end_with_verdict(run: Path, outcome: Outcome) -> None:
    """Print it, once for all processes. A run that the doctor stopped ends with the status of what it was for."""
    if processes_here().first:
        print_verdict(run, outcome)
    if outcome.stopped_for is not None:
        sys.exit(exit_status([outcome.stopped_for]))


def print_verdict(run: Path, outcome: Outcome) -> None:
    """What was found wrong, what was reached, how to read it, and where to look."""
    history = read_history(run)
    print(f"\n{_how_it_ended(outcome)} {history.images:,} images in {duration(history.seconds)}.")
    _print_worries(run, examine(history.facts, history.signals))
    for finding in verdict(history.signals):
        print(f"- {finding.symptom} {finding.explanation}")
        for remedy in finding.remedies:
            print(f"    try: {remedy}")
    for line in stopping_lines(history) if outcome.done is None else [outcome.done.sentence]:
        print(f"- {line}")
    print(f"\nSamples: {newest_picture(run)}")
    if not outcome.finished:
        print(f"Go on:   equipoise resume {run}{_without_stopping_again(outcome)}")


def _without_stopping_again(outcome: Outcome) -> str:
    """What it takes not to be stopped for the same at once."""
    if outcome.stopped_for is not None:
        return " --stop-on never"
    return " --no-stop-when-done" if outcome.done is not None else ""


def _how_it_ended(outcome: Outcome) -> str:
    if outcome.stopped_for is not None:
        return f"Stopped by the doctor for {outcome.stopped_for.name} after"
    if outcome.done is not None:
        return "Stopped, being done, after"
    return "Trained on" if outcome.finished else "Interrupted after"


def _print_worries(run: Path, findings: Sequence[Finding]) -> None:
    """The worst few that are no mere note, each with what to do first; what it costs to know more."""
    worries = [finding for finding in findings if finding.severity.rank <= Severity.RISK.rank]
    for finding in worries[:MOST_FINDINGS]:
        since = "" if finding.since is None else f", since {finding.since:,} images"
        print(f"- {finding.severity.upper()}: {finding.symptom} ({finding.name}{since})")
        if finding.remedies:
            print(f"    try: {finding.remedies[0]}")
    if worries:
        more = len(worries) - MOST_FINDINGS
        rest = f"{more} more, and the evidence" if more > 0 else "The evidence"
        print(f"  {rest}: equipoise diagnose {run}")
