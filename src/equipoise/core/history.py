"""What was measured over time, as arrays that rules can reason about. Needs numpy, not torch."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MOST_LOOKS = 4096
"""Above this a series is thinned to half, so that a log of any length is read in bounded memory."""


@dataclass(frozen=True, slots=True)
class Series:
    """One signal: `values[i]` was measured at `at[i]`; `at` never falls. All values are finite.

    `broken_at` is where the first value that is no finite number stood, None if there was none.
    """

    at: NDArray[np.int64]
    values: NDArray[np.float64]
    broken_at: int | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def last(self) -> float:
        """The newest value."""
        return float(self.values[-1])

    def until(self, at: int) -> "Series":
        """What was known at that time."""
        count = int(np.searchsorted(self.at, at, side="right"))
        broken = self.broken_at if self.broken_at is not None and self.broken_at <= at else None
        return Series(self.at[:count], self.values[:count], broken)

    def since(self, at: int) -> "Series":
        """What was measured from then on."""
        count = int(np.searchsorted(self.at, at, side="left"))
        return Series(self.at[count:], self.values[count:], self.broken_at)


NOTHING = Series(np.empty(0, dtype=np.int64), np.empty(0))


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """All signals of one run so far.

    `unit` names the axis: `images` in our own runs, `steps`, `epochs` or `rows` in others' logs. `planned` is where the
    run is to end, where that is known. `changes` are the positions at which the rules of the game were changed.
    """

    series: Mapping[str, Series]
    unit: str = "images"
    planned: int | None = None
    changes: tuple[int, ...] = ()

    def __contains__(self, name: str) -> bool:
        return len(self[name]) > 0

    def __getitem__(self, name: str) -> Series:
        """That signal's series, an empty one if it was never measured."""
        return self.series.get(name, NOTHING)

    @property
    def end(self) -> int:
        """The newest position of all."""
        ends = [int(series.at[-1]) for series in self.series.values() if len(series)]
        ends += [series.broken_at for series in self.series.values() if series.broken_at is not None]
        return max(ends, default=0)

    @property
    def begin(self) -> int:
        """The oldest position of all."""
        return min((int(series.at[0]) for series in self.series.values() if len(series)), default=0)

    def until(self, at: int) -> "History":
        """What was known at that time."""
        return History(
            series={name: series.until(at) for name, series in self.series.items()},
            unit=self.unit,
            planned=self.planned,
            changes=tuple(change for change in self.changes if change <= at),
        )


@dataclass(slots=True)
class _Growing:
    at: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    stride: int = 1
    pending: list[float] = field(default_factory=list)
    broken_at: int | None = None

    def add(self, at: int, value: float, most: int) -> None:
        if not math.isfinite(value):
            self.broken_at = at if self.broken_at is None else self.broken_at
            return
        self.pending.append(value)
        if len(self.pending) < self.stride:
            return
        self.at.append(max(at, self.at[-1]) if self.at else at)
        self.values.append(sum(self.pending) / self.stride)
        self.pending.clear()
        if len(self.values) > most:
            self._thin()

    def _thin(self) -> None:
        """Join neighbours to their mean, so that no later value weighs more than an earlier one."""
        even = len(self.values) // 2 * 2
        self.pending = [value for value in self.values[even:] for _ in range(self.stride)]
        pairs = np.array(self.values[:even]).reshape(-1, 2)
        self.values, self.at = pairs.mean(axis=1).tolist(), self.at[1:even:2]
        self.stride *= 2

    def series(self) -> Series:
        at, values = self.at, self.values
        return Series(np.array(at, dtype=np.int64), np.array(values, dtype=np.float64), self.broken_at)


class HistoryBuilder:
    """Collects readings one by one into a history of bounded size."""

    def __init__(self, *, unit: str = "images", planned: int | None = None, most: int = MOST_LOOKS) -> None:
        self.unit, self.planned = unit, planned
        self._most = most
        self._growing: dict[str, _Growing] = {}
        self._changes: list[int] = []

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """One reading of some signals."""
        for name, value in values.items():
            self._growing.setdefault(name, _Growing()).add(at, value, self._most)

    def changed(self, at: int) -> None:
        """The game was changed here: rules start to count again."""
        self._changes.append(at)

    def history(self) -> History:
        """Everything so far."""
        return History(
            series={name: growing.series() for name, growing in self._growing.items()},
            unit=self.unit,
            planned=self.planned,
            changes=tuple(self._changes),
        )


def history_of(
    readings: Iterable[tuple[int, Mapping[str, float]]], *, unit: str = "images", planned: int | None = None
) -> History:
    """A history of readings that are all there already."""
    builder = HistoryBuilder(unit=unit, planned=planned)
    for at, values in readings:
        builder.add(at, values)
    return builder.history()
