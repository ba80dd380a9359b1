"""What is kept of a run: facts over time, all signals, and how good its samples were. One JSON file a run."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.doctor.outcome import Quality, ending
from equipoise.core.facts import Facts
from equipoise.core.history import History, Series
from equipoise.core.records import FactValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """All facts known from that round on."""

    at: int
    facts: Mapping[str, FactValue]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Record:
    """One run as it went. `trouble` is what the watch could not do; `seconds` are of the processor."""

    name: str
    family: str
    fault: str
    strength: str
    onset: int
    rounds: int
    images: bool
    causes: tuple[str, ...]
    learned: tuple[Learned, ...]
    history: History
    course: tuple[Quality, ...]
    trouble: Mapping[str, str]
    seconds: float

    @property
    def healthy(self) -> bool:
        """Nothing was injected."""
        return self.fault == ""

    @property
    def final(self) -> Quality:
        """What the run ended with."""
        return ending(self.course)

    def facts_at(self, at: int) -> Facts:
        """What was known then."""
        known = [learned.facts for learned in self.learned if learned.at <= at]
        return Facts(known[-1] if known else {})


def written(record: Record) -> str:
    """As strict JSON; numbers that are none become words."""
    plain = {name: getattr(record, name) for name in Record.__slots__ if name not in ("history", "learned", "course")}
    series = {
        name: {"at": one.at.tolist(), "values": [float(f"{v:.6g}") for v in one.values], "broken_at": one.broken_at}
        for name, one in record.history.series.items()
    }
    course = [{**asdict(look), "distance": _word(look.distance)} for look in record.course]
    learned = [{"at": one.at, "facts": {n: _word(v) for n, v in one.facts.items()}} for one in record.learned]
    content = {**plain, "learned": learned, "course": course, "unit": record.history.unit, "series": series}
    return json.dumps(content, allow_nan=False)


def read(text: str) -> Record:
    """The inverse of `written`."""
    content: dict[str, Any] = json.loads(text)
    series = {
        name: Series(np.array(one["at"], dtype=np.int64), np.array(one["values"], dtype=np.float64), one["broken_at"])
        for name, one in content.pop("series").items()
    }
    history = History(series=series, unit=content.pop("unit"))
    course = tuple(Quality(**{**look, "distance": float(look["distance"])}) for look in content.pop("course"))
    learned = tuple(Learned(at=one["at"], facts=_numbers(one["facts"])) for one in content.pop("learned"))
    causes = tuple(content.pop("causes"))
    return Record(**content, causes=causes, history=history, course=course, learned=learned)


def place(folder: Path, name: str) -> Path:
    """The file of the run of that name."""
    return folder / ("".join(c if c.isalnum() or c in "-." else "_" for c in name) + ".json")


def records(folder: Path, names: Iterable[str]) -> Sequence[Record]:
    """Those of these runs that are finished."""
    files = [place(folder, name) for name in names]
    return [read(file.read_text(encoding="utf-8")) for file in files if file.exists()]


def _word(value: FactValue) -> FactValue:
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {n: float(v) if v in ("inf", "-inf", "nan") else v for n, v in facts.items()}
