"""What an evaluation says: numbers with their protocol in their names."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from equipoise.metrics import Interval

Better = Literal["lower", "higher", "near 1", "near 0.05"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricValue:
    """One number. `name` fixes the protocol: two values of one name may be compared.

    `interval` is that of the luck of the draw; None where none is known, and then `notes` say why. `details` holds what
    else the measure found.
    """

    name: str
    metric: str
    value: float
    interval: Interval | None
    better: Better
    notes: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosestPair:
    """A sample and its nearest training example: numbers in their sets, and distance in feature space."""

    sample: int
    training: int
    distance: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """All numbers of one set of samples against one reference, the full protocol, and what to know before reading."""

    subject: str
    reference: str
    protocol: dict[str, Any]
    values: tuple[MetricValue, ...]
    notes: tuple[str, ...]
    closest: tuple[ClosestPair, ...] = ()

    def __getitem__(self, metric: str) -> MetricValue:
        """The value of a metric, by its short name (`fid`) or its whole one; KeyError if it was not measured."""
        for value in self.values:
            if metric in (value.metric, value.name):
                return value
        raise KeyError(metric)

    def as_json(self) -> dict[str, Any]:
        """Plain data, ready for `json.dumps`."""
        return asdict(self)


def counted(count: int) -> str:
    """`10000` to `10k`, `2059` as it is: how sample counts stand in names."""
    return f"{count // 1000}k" if count % 1000 == 0 and count > 0 else str(count)
