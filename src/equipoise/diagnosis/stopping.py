"""At which step the doctor would have stopped a run, had it watched."""

from collections.abc import Sequence

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.core.records import Severity
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.examine import examine
from equipoise.diagnosis.rule import Rule

REPLAYS = 100


def would_stop_at(
    facts: Facts, history: History, *, on: Severity = Severity.HARM, rules: Sequence[Rule] = RULES
) -> int | None:
    """The first position, to a hundredth of the run, at which something as bad as `on` was to be seen; None if never.

    It replays the history: at every position the rules see only what was known then.
    """
    for at in np.unique(np.linspace(history.begin, history.end, REPLAYS + 1).round().astype(int)).tolist():
        findings = examine(facts, history.until(at), rules)
        if findings and findings[0].severity.rank <= on.rank:
            return int(at)
    return None
