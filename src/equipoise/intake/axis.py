"""Where on a log's axis a row stands: steps, epochs, images or, if it says nothing of the kind, rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.intake.names import TOTAL, Axis, axis_of

UNITS: dict[Axis, str] = {"counter": "steps", "images": "images", "kimg": "images", "epoch": "epochs"}
_FARTHEST = 10**15
"""Beyond this a number is no position but junk."""


@dataclass(slots=True)
class Position:
    """Follows the counters of a log, row by row. What is not repeated on a row is what the rows before it said."""

    unit: str = "rows"
    restarts: list[int] = field(default_factory=list)
    """Where a counter began anew."""
    rewinds: int = 0
    """How often a counter went back a little, as after a resume."""
    _now: dict[Axis, int] = field(default_factory=dict)
    _totals: dict[Axis, int] = field(default_factory=dict)
    _last: tuple[int | None, int] | None = None
    _offset: int = 0
    _increment: int = 0
    _highest: int = -1
    _rows: int = 0
    _counts_whole_run: bool = False

    def note(self, row: Mapping[str, float], *, heading: bool = False) -> None:
        """Take in what a row says of its place.

        A heading, a row without readings of its own, cannot take the axis back: it may speak of an earlier step, as
        `Best FID (step 2000)` does.
        """
        for name, value in row.items():
            kind = axis_of(name)
            if kind is None or not abs(value) < _FARTHEST:  # also refuses NaN
                continue
            place = int(value * 1000) if kind == "kimg" else int(value)
            if name.endswith(TOTAL):
                self._totals[kind] = int(value)
            elif not heading or place > self._now.get(kind, -1):
                self._now[kind] = place

    def next(self) -> int:
        """The place of the row just noted. Never falls."""
        self._rows += 1
        kind = next((kind for kind in UNITS if kind in self._now), None)
        if kind is None:
            at = self._rows - 1
        else:
            if self.unit == "rows":
                self.unit = UNITS[kind]
            at = self._counted(kind) if UNITS[kind] == self.unit else self._highest
        self._highest = max(at, self._highest)
        return self._highest

    @property
    def planned(self) -> int | None:
        """Where the log says that the run is to end."""
        if self.unit == "epochs":
            return self._totals.get("epoch")
        if self.unit != "steps" or "counter" not in self._totals:
            return None
        epochs, steps = self._totals.get("epoch"), self._totals["counter"]
        return steps if epochs is None or self._counts_whole_run else epochs * steps

    def _counted(self, kind: Axis) -> int:
        counter = self._now[kind]
        epoch = self._now.get("epoch") if kind == "counter" else None
        if self._last is None:
            self._begin(kind, epoch, counter)
        else:
            self._go_on(kind, epoch, counter)
        self._last = (epoch, counter)
        return self._offset + counter

    def _begin(self, kind: Axis, epoch: int | None, counter: int) -> None:
        """A log that begins in a later epoch begins that many epochs along the axis."""
        steps, epochs = self._totals.get(kind), self._totals.get("epoch")
        if epoch is None or epoch < 2 or steps is None or epochs is None:
            return
        counts_whole_run = abs(counter / max(steps, 1) - epoch / max(epochs, 1)) <= 1.5 / max(epochs, 1)
        self._counts_whole_run = counts_whole_run
        self._offset = 0 if counts_whole_run else epoch * steps

    def _go_on(self, kind: Axis, epoch: int | None, counter: int) -> None:
        assert self._last is not None
        last_epoch, last = self._last
        if counter > last:
            self._increment = min(self._increment or counter - last, counter - last)
            self._counts_whole_run |= epoch is not None and last_epoch is not None and epoch > last_epoch
        if epoch is not None and last_epoch is not None and epoch > last_epoch and counter <= last:
            length = self._totals.get(kind) or last + max(self._increment, 1)
            self._offset += length * (epoch - last_epoch)
        elif counter < last and counter < last / 2:
            self._offset = self._highest + max(self._increment, 1) - counter
            self.restarts.append(self._offset + counter)
        elif counter < last:
            self.rewinds += 1
