"""What a test of a set-up says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from equipoise.core.records import FactValue

Outcome = Literal["pass", "fail", "measured"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeResult:
    """One test that was run: what came out, with its numbers, and the facts that follow.

    `measured` is neither good nor bad by itself: what it means depends on the rest of the set-up.
    """

    name: str
    outcome: Outcome
    sentence: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NotTested:
    """One test that could not be run: why, and what to give so that it can."""

    name: str
    why: str
    give: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}; {self.give}"


Tested = ProbeResult | NotTested


def verdict_of(ok: bool) -> Outcome:
    """`pass` or `fail`."""
    return "pass" if ok else "fail"
