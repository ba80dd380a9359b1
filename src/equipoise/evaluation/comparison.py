"""Two sets and their features, and what measures need of them more than once."""

from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Float64
from torch import Tensor

from equipoise.data import Indices
from equipoise.data.source import Mixture
from equipoise.evaluation.extractor import FeatureExtractor
from equipoise.evaluation.features import FeatureSet
from equipoise.evaluation.result import counted
from equipoise.evaluation.sets import SampleSet
from equipoise.metrics import Moments

MOST = 10_000
"""Samples of either set in measures whose cost grows with pairs, drawn at random where there are more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """`fake` against `real`. `training` and `held_out` are rows of `real` that were trained on, and that were not.

    They are None where the reference is a split of the data itself.
    """

    real: FeatureSet
    fake: FeatureSet
    real_samples: SampleSet
    fake_samples: SampleSet
    extractor: FeatureExtractor
    split: str
    seed: int
    training: Indices | None = None
    held_out: Indices | None = None
    mixture: Mixture | None = None

    @cached_property
    def real_moments(self) -> Moments:
        """Of all of the reference."""
        return self.real.moments()

    @cached_property
    def fake_moments(self) -> Moments:
        """Of all samples."""
        return self.fake.moments()

    @cached_property
    def some_reals(self) -> Float64[Tensor, "reals features"]:
        """At most `MOST` of the reference."""
        return self.real.sample(MOST, seed=self.seed)

    @cached_property
    def some_fakes(self) -> Float64[Tensor, "fakes features"]:
        """At most `MOST` of the samples; of the same numbers as reals, so that no two sets share a draw."""
        return self.fake.sample(MOST, seed=self.seed + 1)

    def name(self, stem: str, *, fakes: int | None = None, reals: int | None = None, extra: str = "") -> str:
        """`fid10k-full-inception-v3-tf`: measure, samples, reference (with its count where it is a part), features."""
        count = counted(len(self.fake) if fakes is None else fakes)
        part = "" if reals is None or reals == len(self.real) else counted(reals)
        return "-".join(filter(None, (f"{stem}{count}", f"{self.split}{part}", extra, self.extractor.name)))
