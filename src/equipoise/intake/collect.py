"""Rows of any format, one by one, into columns of bounded size."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.core.history import History, HistoryBuilder
from equipoise.intake.axis import Position
from equipoise.intake.names import TOTAL, axis_of, meaning_of

MOST_COLUMNS = 500
"""Names beyond this many are not remembered: a log has tens, junk has millions."""
MOST_RESTARTS = 3
"""More often than this a counter does not restart because a run did: it counts something within the run."""


@dataclass(slots=True)
class Collected:
    """Everything that a reader found, by the log's own names."""

    positions: list[Position] = field(default_factory=list)
    """One for each file, or for each column of files whose columns are written one by one."""
    percent: set[str] = field(default_factory=set)
    unknown: dict[str, int] = field(default_factory=dict)
    axes: list[str] = field(default_factory=list)
    rows: int = 0
    _builder: HistoryBuilder = field(default_factory=HistoryBuilder)
    _open: set[str] = field(default_factory=set)
    _at: int = 0
    _alone: dict[str, Position] = field(default_factory=dict)

    def begin(self) -> None:
        """A new file: its rows are placed without regard to those of the file before."""
        self.positions.append(Position())
        self._open.clear()

    def add_alone(self, name: str, step: float, value: float) -> None:
        """One reading of one column, whatever the others are at."""
        if meaning_of(name) is None:
            self._notice([name])
            return
        self.rows += 1
        if name not in self._alone:
            if len(self._alone) >= MOST_COLUMNS:
                return
            self._alone[name] = Position()
            self.positions.append(self._alone[name])
        position = self._alone[name]
        position.note({"step": step})
        self._builder.add(position.next(), {name: value})

    def add(self, row: Mapping[str, float]) -> None:
        """One row: names to numbers. Rows that repeat no name belong to one record."""
        readings = {name: value for name, value in row.items() if meaning_of(name) is not None}
        if len(readings) < len(row):
            self._notice([name for name in row if name not in readings])
        position = self.positions[-1]
        position.note(row, heading=not readings)
        if not readings:
            return
        if not self._open.isdisjoint(readings) or not self._open or len(readings) < len(row):
            self._open.clear()
            self._at = position.next()
            self.rows += 1
        self._open.update(readings)
        self._builder.add(self._at, readings)

    def history(self) -> History:
        """The columns whose names are understood, under the log's own names."""
        leading = next((position for position in self.positions if position.unit != "rows"), Position())
        restarts = max((position.restarts for position in self.positions), key=len, default=[])
        return History(
            series=self._builder.history().series,
            unit=leading.unit,
            planned=leading.planned,
            changes=tuple(restarts) if len(restarts) <= MOST_RESTARTS else (),
        )

    def _notice(self, names: list[str]) -> None:
        for name in names:
            if axis_of(name) is not None:
                if name not in self.axes and not name.endswith(TOTAL) and len(self.axes) < MOST_COLUMNS:
                    self.axes.append(name)
            elif name in self.unknown or len(self.unknown) < MOST_COLUMNS:
                self.unknown[name] = self.unknown.get(name, 0) + 1
