"""A file of facts, YAML or JSON, as people write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import DataError, SettingError
from equipoise.core.facts import Facts, parsed_fact
from equipoise.core.records import FactValue

A_SENTENCE = 4
"""Words from which the value of an unknown fact is read as a note: `symptom: all pictures look the same`."""
_LARGEST = 1 << 20
_DEEPEST = 8
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsFile:
    """What a facts file says. `unknown` lists the names for which the vocabulary has no word."""

    facts: Facts
    notes: tuple[str, ...]
    unknown: tuple[str, ...]


def read_facts_file(path: Path) -> FactsFile:
    """Read facts; names in sections stand for themselves, and what stands under `notes` is free text.

    So are sentences under names that the vocabulary lacks.

    Raises:
        DataError: the file is missing, too large or no YAML.
        SettingError: a fact has a value that it cannot have.
    """
    facts: dict[str, FactValue] = {}
    notes: list[str] = []
    unknown: list[str] = []
    for section, name, value in _entries(_loaded(path), (), [_MOST_ENTRIES]):
        if "notes" in (*section, name):
            notes.append(value if name in ("notes", "") else f"{name}: {value}")
            continue
        try:
            facts |= parsed_fact(name, value)
        except SettingError as error:
            if "is unknown" not in str(error):
                raise SettingError(f"{path}: {error}") from error
            unknown.append("/".join((*section, name)))
            if len(value.split()) >= A_SENTENCE:
                notes.append(value)
    return FactsFile(facts=Facts(facts), notes=tuple(notes), unknown=tuple(unknown))


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
        raise DataError(f"{path} is neither YAML nor JSON: {reason}") from error


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
