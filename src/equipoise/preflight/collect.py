"""What the tests have said so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from equipoise.core.records import FactValue
from equipoise.probes.active.result import NotTested, ProbeResult, Tested


@dataclass(slots=True)
class Collected:
    """Results in the order of the tests, the facts that follow, and what could not be tested."""

    results: list[ProbeResult] = field(default_factory=list)
    facts: dict[str, FactValue] = field(default_factory=dict)
    misses: list[NotTested] = field(default_factory=list)

    def add(self, tested: Tested) -> None:
        """One test."""
        if isinstance(tested, NotTested):
            self.misses.append(tested)
            return
        self.results.append(tested)
        self.facts.update(tested.facts)

    def add_all(self, tests: Iterable[Tested]) -> None:
        """Several."""
        for tested in tests:
            self.add(tested)

    def know(self, facts: Mapping[str, FactValue]) -> None:
        """Facts that no test stands for."""
        self.facts.update(facts)

    def miss(self, name: str, why: str, give: str) -> None:
        """Something that was not given, or cannot be tested."""
        self.misses.append(NotTested(name=name, why=why, give=give))
