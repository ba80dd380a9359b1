"""What every source of data can do, whether it lies in a folder, a file or in memory."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from equipoise.data.picture import Picture

Points = Float32[np.ndarray, "count 2"]
"""Points in the plane, as they are: not scaled to [-1, 1]."""

LabelArray = NDArray[np.int64]
"""One class (or mode) index an item."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What one look at all of a source tells. `fingerprint` changes when any content does."""

    fingerprint: str
    common_size: tuple[int, int] | None
    grey: bool


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Where the modes of a toy mixture lie: spherical Gaussians of one standard deviation, equally likely."""

    centres: Points
    standard_deviation: float


@runtime_checkable
class Source(Protocol):
    """Pictures by number. `classes` is None where labels, if any, are mode numbers and no classes to condition on."""

    @property
    def name(self) -> str:
        """Short, fit for a file name."""
        ...

    @property
    def kind(self) -> str:
        """One of digits, idx, folder, shards, array, dataset, stacked-mnist."""
        ...

    @property
    def description(self) -> str:
        """One sentence: where the data comes from and how it was understood."""
        ...

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class names in the order of the labels."""
        ...

    @property
    def parallel(self) -> bool:
        """Whether several threads may read at once and gain by it."""
        ...

    def __len__(self) -> int: ...

    def labels(self) -> LabelArray | None:
        """One number an item."""
        ...

    def item(self, index: int) -> str:
        """What to call an item in a message: its path or its index."""
        ...

    def read(self, index: int, *, at_least: int | None = None) -> Picture:
        """Decode one item, or raise. No side comes back under `at_least` that was not so before."""
        ...

    def stamp(self) -> str | None:
        """A cheap sign that the content is what it was (names, sizes, times), or None."""
        ...

    def survey(self) -> Survey:
        """Look at all the content once."""
        ...


@runtime_checkable
class PointSource(Protocol):
    """Points in the plane."""

    @property
    def name(self) -> str:
        """Short, fit for a file name."""
        ...

    @property
    def kind(self) -> str:
        """Always `points`."""
        ...

    @property
    def description(self) -> str:
        """One sentence: the geometry and its source."""
        ...

    @property
    def mixture(self) -> Mixture | None:
        """The true modes, where they are known."""
        ...

    def __len__(self) -> int: ...

    def points(self) -> Points:
        """All points."""
        ...

    def modes(self) -> LabelArray | None:
        """The mode each point was drawn from."""
        ...


SourceLike = Any
"""`str | Path | numpy array | torch Dataset | Source | PointSource`: whatever `open_source` accepts."""
