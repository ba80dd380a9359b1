"""At which step the doctor would have stopped a run, had it watched."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.core.records import Finding, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.examine import examine
from equipoise.diagnosis.outcome import judged_by
from equipoise.diagnosis.rule import Rule

REPLAYS = 100
RECOVERED = 1.2
"""Distance to the data over the best there was, up to which a run counts as recovered."""


def would_stop_at(
    facts: Facts, history: History, *, on: Severity = Severity.HARM, rules: Sequence[Rule] = RULES
) -> int | None:
    """The first position, to a hundredth of the run, at which something as bad as `on` was to be seen; None if never.

    It replays the history: at every position the rules see only what was known then. Where there is none, there is
    nothing to stop.
    """
    if not history.series:
        return None
    for at in np.unique(np.linspace(history.begin, history.end, REPLAYS + 1).round().astype(int)).tolist():
        findings = examine(facts, history.until(at), rules)
        if findings and findings[0].severity.rank <= on.rank:
            return int(at)
    return None


def earlier_harm(facts: Facts, history: History, at: int, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """What was harmful at `at`, as something past; nothing if the samples were measured and are near their best now."""
    judged = judged_by(Case(facts, history))
    if judged is not None and judged.last <= RECOVERED * float(judged.values.min()):
        return ()
    return tuple(
        replace(finding, symptom=f"Earlier, at {at:,} {history.unit}: {finding.symptom}")
        for finding in examine(facts, history.until(at), rules)
        if finding.severity is Severity.HARM
    )
