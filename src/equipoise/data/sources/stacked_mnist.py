"""Stacked MNIST: three random digits as the channels of one picture, 1000 modes that can be counted.

Metz et al. 2017 (arXiv:1611.02163); 128,000 samples as in PacGAN (Lin et al. 2018, arXiv:1712.04086).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray

from equipoise.data.cache import content_key
from equipoise.data.picture import Picture, array_picture
from equipoise.data.source import LabelArray, Survey
from equipoise.data.sources.arrays import ArraySource
from equipoise.data.sources.idx import open_idx
from equipoise.data.sources.named import open_named

DEFAULT_COUNT = 128_000
PREFIX = "stacked-mnist"


@dataclass(frozen=True, kw_only=True, eq=False)
class StackedDigits:
    """`chosen[i]` are the three digits of sample i. Its mode is `100 red + 10 green + blue`; there are no classes."""

    base: ArraySource
    chosen: Int64[np.ndarray, "count 3"]
    seed: int
    name: str = PREFIX
    kind: str = PREFIX
    classes: None = None
    parallel: bool = False

    @property
    def description(self) -> str:
        """How it was drawn."""
        return f"{PREFIX}: {len(self)} stacks of three digits from {self.base.name}, 1000 modes, seed {self.seed}"

    def __len__(self) -> int:
        return len(self.chosen)

    def labels(self) -> LabelArray | None:
        """Modes 0..999."""
        digits: NDArray[np.int64] | None = self.base.numbers
        return None if digits is None else (digits[self.chosen] * np.array([100, 10, 1])).sum(axis=1)

    def item(self, index: int) -> str:
        """`stack 7`."""
        return f"stack {index}"

    def read(self, index: int, *, at_least: int | None = None) -> Picture:
        """One RGB picture; `at_least` changes nothing."""
        del at_least
        return array_picture(np.stack([self.base.images[digit] for digit in self.chosen[index]], axis=-1))

    def stamp(self) -> str | None:
        """None: the digits are quick to hash."""
        return None

    def survey(self) -> Survey:
        """The digits' own hash, with the draw."""
        below = self.base.survey()
        key = content_key([below.fingerprint, self.chosen.tobytes(), PREFIX])
        return Survey(fingerprint=key, common_size=below.common_size, grey=False)


def stacked(base: ArraySource, *, count: int = DEFAULT_COUNT, seed: int = 0) -> StackedDigits:
    """Draw `count` stacks with replacement, uniformly over the images of `base`."""
    chosen = np.random.default_rng(seed).integers(len(base), size=(count, 3))
    return StackedDigits(base=base, chosen=chosen, seed=seed)


def open_stacked_mnist(name: str) -> StackedDigits:
    """`stacked-mnist`, or `stacked-mnist:DIR` with a directory of idx files."""
    _, _, folder = name.partition(":")
    return stacked(open_idx(Path(folder).expanduser(), name=Path(folder).name) if folder else open_named("mnist"))
