"""What the rules for things that only look bad have in common."""

import numpy as np

from equipoise.core.history import Series
from equipoise.core.records import Evidence, Finding, Severity
from equipoise.diagnosis.case import Case


def calm(name: str, symptom: str, explanation: str, *evidence: Evidence) -> Finding:
    """A finding that takes a worry away."""
    return Finding(
        name=name, severity=Severity.REASSURANCE, symptom=symptom, evidence=evidence, explanation=explanation
    )


def course(case: Case, name: str, series: Series, label: str) -> Evidence:
    """Where a signal began and where it is."""
    return Evidence(
        statement=f"{label} went from {float(series.values[0]):.3g} to {series.last:.3g} between "
        f"{int(series.at[0]):,} and {int(series.at[-1]):,} {case.history.unit}",
        signal=name,
        value=series.last,
        first=int(series.at[0]),
        last=int(series.at[-1]),
    )


def recent(series: Series, looks: int = 8) -> float:
    """Median of the newest looks."""
    return float(np.median(series.values[-looks:]))
