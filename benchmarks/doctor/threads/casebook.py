"""Cases as people bring them to forums: what they paste, what they tell, and what it was."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OPENED, BLIND = ("cases", "issues", "fresh", "more", "told", "many"), "blind"
"""Cases of our own making, and five books of cases retold from public threads, each with its address: readers and rules
were tuned on them, and `learn` learns from them. The blind book was retold without sight of either."""
BOOKS = {name: Path(__file__).with_name(f"{name}.yaml") for name in (*OPENED, BLIND)}


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadCase:
    """One thread. `expected` lists every answer that is right, the root first; a healthy one has none."""

    name: str
    kind: str
    log: str
    objective: str | None
    facts: dict[str, str]
    notes: str
    expected: tuple[str, ...]
    source: str | None = None

    @property
    def healthy(self) -> bool:
        """Somebody worried without need."""
        return not self.expected


def casebook(*books: str) -> list[ThreadCase]:
    """Every case of these books, of all if none is named.

    Raises:
        ValueError: a name comes twice, or a case has neither a cause nor `healthy: true`, or both.
    """
    texts = {name: BOOKS[name].read_text(encoding="utf-8") for name in books or BOOKS}
    cases = [_case(entry) for text in texts.values() for entry in yaml.load(text, Loader=yaml.BaseLoader)]
    if len({case.name for case in cases}) < len(cases):
        raise ValueError("Two cases have the same `id`.")
    return cases


def _case(entry: dict[str, Any]) -> ThreadCase:
    expected = tuple(entry.get("expected", ()))
    if bool(expected) == (entry.get("healthy") == "true"):
        raise ValueError(f"{entry['id']} must have either `expected` or `healthy: true`.")
    return ThreadCase(
        name=entry["id"],
        kind=entry["kind"],
        log=entry["log"],
        objective=entry.get("objective"),
        facts=entry.get("facts", {}),
        notes=entry.get("notes", ""),
        expected=expected,
        source=entry.get("source"),
    )
