"""A file of facts, YAML or JSON, as people write it."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import DataError, SettingError
from equipoise.core.fact_words import player_named, told_fact
from equipoise.core.facts import Facts, parsed_fact
from equipoise.core.records import FactValue

DENIALS = ("false", "no", "none", "off", "0", "not", "never")
_LARGEST = 1 << 20
_DEEPEST = 8
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsFile:
    """What a facts file says. `unknown` lists what the vocabulary has no word for, or not with that value.

    They are text as well: `name: value`. Where a name is denied, `sigmoid in critic: no`, it is not.
    """

    facts: Facts
    notes: tuple[str, ...]
    unknown: Mapping[str, str]

    @property
    def text(self) -> str:
        """The notes, and behind them what is unknown."""
        return "\n".join((*self.notes, *self.unknown_as_text))

    @property
    def unknown_as_text(self) -> tuple[str, ...]:
        """A line each."""
        told = ((name, value) for name, value in self.unknown.items() if value.lower() not in DENIALS)
        return tuple(f"{re.sub('[_/]', ' ', name)}: {value}" for name, value in told)


def read_facts_file(path: Path) -> FactsFile:
    """Read facts; names in sections stand for themselves, and what stands under `notes` is free text.

    Raises:
        DataError: the file is missing, too large or no YAML.
    """
    return facts_in(_loaded(path))


def facts_in(content: Any) -> FactsFile:
    """What such a file says, from texts in mappings and lists.

    Raises:
        DataError: it is nested too deep, or has too many entries.
    """
    facts: dict[str, FactValue] = {}
    notes: list[str] = []
    unknown: dict[str, str] = {}
    for section, name, value in _entries(content, (), [_MOST_ENTRIES]):
        if "notes" in (*section, name):
            notes.append(value if name in ("notes", "") else f"{name}: {value}")
            continue
        told = _told(section, name, value)
        facts |= told
        if not told:
            unknown["/".join((*section, name))] = value
    return FactsFile(facts=Facts(facts), notes=tuple(notes), unknown=unknown)


def _told(section: tuple[str, ...], name: str, value: str) -> dict[str, FactValue]:
    """`learning_rate` under `critic` is the critic's; where the two say nothing together, the name speaks for itself.

    Then it says nothing of a player but the one that the section is about.
    """
    player = player_named(section[-1]) if section else None
    if section:
        tell = parsed_fact if player is None else told_fact  # `data: {size: 64}` is no `data_size`
        with suppress(SettingError):
            return tell(f"{section[-1]} {name}", value)
    with suppress(SettingError):
        told = told_fact(name, value)
        others = {"generator", "discriminator"} - {player}
        if player is None or not any(fact.startswith(other) for fact in told for other in others):
            return told
    return {}


def _loaded(path: Path) -> Any:
    import yaml  # slow to import, and needed only where there is such a file

    try:
        if path.stat().st_size > _LARGEST:
            raise DataError(f"{path} is larger than {_LARGEST >> 20} MiB, which no file of facts is.")
        text = path.read_text(encoding="utf-8-sig")
        # every scalar stays the text that was written (1e-4, no, off); nothing but text, lists and mappings is made
        return yaml.load(text, Loader=yaml.BaseLoader)
    except OSError as error:
        raise DataError(f"Cannot read the facts in {path}: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path} is neither YAML nor JSON: {reason}. Text with colons in it goes on lines of its own, set in by "
            "two blanks, below a line `notes: |`."
        ) from error


def _entries(value: Any, section: tuple[str, ...], left: list[int]) -> list[tuple[tuple[str, ...], str, str]]:
    """(sections, name, text) of every entry. `left` bounds how many, for aliases can multiply without end."""
    if len(section) > _DEEPEST:
        raise DataError(f"The facts are nested more than {_DEEPEST} deep, at {'/'.join(section[:3])}/...")
    out: list[tuple[tuple[str, ...], str, str]] = []
    if isinstance(value, Mapping):
        pairs = [(str(name), entry) for name, entry in value.items()]
    elif isinstance(value, list):
        pairs = [("", entry) for entry in value]
    else:
        pairs = [] if value in ("", None) else [("notes", value)]
    for name, entry in pairs:
        left[0] -= 1
        if left[0] < 0:
            raise DataError(f"The facts have more than {_MOST_ENTRIES:,} entries.")
        if isinstance(entry, Mapping | list):
            out += _entries(entry, (*section, name), left)
        else:
            out.append((section, name, str(entry)))
    return out
