"""A fair sample of a stream, of bounded size and the same whoever saw which part, for measures that need features."""

import numpy as np
import torch
from jaxtyping import Float64, Int64
from numpy.typing import NDArray
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.randomness import derived_seed
from equipoise.core.types import Features
from equipoise.metrics.checks import SampleNumbers, exact_features, require_at_least, require_same_width, sample_numbers


class FeatureSample:
    """`capacity` samples of a stream, drawn without repeats, each set of that size equally likely.

    Every sample has a number in the whole set, and its rank is a hash of seed and number; the lowest ranks stay
    (bottom-k sampling, Cohen and Kaplan 2007). So the outcome, order included, depends on seed and numbers alone, not
    on batches, processes or the order of merging. Numbers must not repeat, or one sample is kept twice. Kept on the
    CPU in float64: 8 * capacity * features bytes. Feed kernel distance, neighbours and memorisation from it.
    """

    def __init__(self, capacity: int, *, seed: int = 0) -> None:
        require_at_least(1, capacity=capacity)
        self._capacity, self._seed, self._seen = capacity, seed, 0
        self._features: Float64[Tensor, "kept features"] | None = None
        self._ranks = np.zeros(0, dtype=np.uint64)

    @property
    def count(self) -> int:
        """Samples seen so far, kept or not."""
        return self._seen

    def update(self, features: Features, *, numbers: SampleNumbers | None = None) -> None:
        """Take in a batch; `numbers` are its samples' numbers in the whole set, by default counted on from here.

        Raises:
            SettingError: another width than before, values that are not finite, or numbers that do not
                fit the samples.
        """
        exact = exact_features(features, "features", least=0).cpu()
        places = sample_numbers(numbers, first=self._seen, count=len(exact))
        self._keep(exact, _ranks(places, self._seed))
        self._seen += len(exact)

    def merge(self, other: "FeatureSample") -> None:
        """Take in what another stream has seen, whose samples have other numbers.

        Raises:
            SettingError: another capacity, seed or width.
        """
        mine, theirs = (self._capacity, self._seed), (other._capacity, other._seed)
        if mine != theirs:
            raise SettingError(f"Streams have (capacity, seed) {mine} and {theirs}, but must agree to be merged.")
        if other._features is not None:
            self._keep(other._features, other._ranks)
        self._seen += other._seen

    def compute(self) -> Float64[Tensor, "kept features"]:
        """The samples kept, in random order: all that were seen if they are no more than the capacity.

        Raises:
            SettingError: nothing was seen.
        """
        if self._features is None:
            raise SettingError("No features were seen, so there is no sample of them: call `update` first.")
        return self._features.clone()

    def _keep(self, features: Float64[Tensor, "new features"], ranks: NDArray[np.uint64]) -> None:
        if self._features is not None:
            require_same_width({"the stream": self._features.shape[1], "`features`": features.shape[1]})
            features = torch.cat([self._features, features])
        self._ranks = np.concatenate([self._ranks, ranks])
        chosen = np.argsort(self._ranks, kind="stable")[: self._capacity]
        self._features, self._ranks = features[torch.from_numpy(chosen)], self._ranks[chosen]


def _ranks(numbers: Int64[Tensor, " count"], seed: int) -> NDArray[np.uint64]:
    """The splitmix64 stream of `seed` at the places `numbers` (Steele et al. 2014)."""
    state = np.uint64(derived_seed(seed, 0)) + numbers.numpy().astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    ranks: NDArray[np.uint64] = state ^ (state >> np.uint64(31))
    return ranks
