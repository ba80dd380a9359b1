"""The journal of a watched loop: one JSON object a line, as `equipoise diagnose` reads it."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from equipoise.core.records import Finding


class WatchJournal:
    """Appends `{"step": ..., "signals": {...}}` and `{"step": ..., "event": "finding", ...}` to one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def signals(self, step: int, values: Mapping[str, float]) -> None:
        """One look. A value that is not finite is written as the string "nan", "inf" or "-inf"."""
        strict = {name: value if math.isfinite(value) else repr(value) for name, value in values.items()}
        self._append({"step": step, "signals": strict})

    def finding(self, step: int, finding: Finding) -> None:
        """Something new."""
        told = {"name": finding.name, "severity": str(finding.severity), "symptom": finding.symptom}
        self._append({"step": step, "event": "finding", **told})

    def _append(self, entry: dict[str, object]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, allow_nan=False) + "\n")
