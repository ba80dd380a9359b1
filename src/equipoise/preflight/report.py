"""What a check found, and how it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from equipoise.core.facts import Facts
from equipoise.core.records import Finding
from equipoise.probes.active.result import NotTested, ProbeResult
from equipoise.reports.findings import as_json, exit_status, rendered, wrapped

_MARKS = {"pass": "ok  ", "fail": "FAIL", "measured": "    "}


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """Facts of the set-up, every test that was run, what follows from both, and what could not be tested.

    `said` tells what had to be inferred: how the networks are called, which latents they take.
    """

    facts: Facts
    tests: tuple[ProbeResult, ...]
    findings: tuple[Finding, ...]
    could_not: tuple[NotTested, ...]
    said: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0 nothing worse than a note, 3 risk, 4 harm, 5 wiring."""
        return exit_status(self.findings)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def as_json(self) -> dict[str, Any]:
        """Plain values for one JSON object."""
        return {
            "said": list(self.said),
            "facts": dict(self.facts),
            "tests": [{"name": test.name, "outcome": test.outcome, "sentence": test.sentence} for test in self.tests],
            "findings": [as_json(finding) for finding in self.findings],
            "could_not": [{"name": miss.name, "why": miss.why, "give": miss.give} for miss in self.could_not],
        }

    def _lines(self) -> Iterator[str]:
        for sentence in self.said:
            yield wrapped(sentence)
        yield ""
        for test in self.tests:
            yield wrapped(test.sentence, label=f"{_MARKS[test.outcome]}  {test.name:<24} ")
        for miss in self.could_not:
            yield wrapped(f"{miss.why}: {miss.give}", label=f"?     {miss.name:<24} ")
        yield ""
        yield rendered(self.findings) if self.findings else "Nothing is wrong with what could be tested."
