"""Kernel distance between feature sets (KID where the features are Inception's): unbiased at any sample count."""

from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from equipoise.core.randomness import seeded_generator
from equipoise.metrics.checks import ExactFeatures, exact_features, require_at_least, require_same_width

_ROWS = 1024  # rows of the kernel matrix held in memory together

RealFeatures = Float[Tensor, "reals real_features"]
FakeFeatures = Float[Tensor, "fakes fake_features"]
RowSums = Float64[Tensor, " _"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KernelDistance:
    """Unbiased squared MMD of whole sets. It is 0 on average for equal distributions, so it can be negative."""

    value: float
    standard_error: float
    reals: int
    fakes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KernelDistanceOfSubsets:
    """Mean unbiased squared MMD over random subsets, as KID is published.

    `standard_deviation` is that over the subsets, divided by count - 1; `standard_error` is it over the root of their
    number. Subsets of one finite pool overlap, so the latter is too small once `subsets * subset_size` nears the pool.
    """

    value: float
    standard_deviation: float
    standard_error: float
    subsets: int
    subset_size: int


def kernel_distance(real: RealFeatures, fake: FakeFeatures) -> KernelDistance:
    """Squared MMD with the kernel (x.y / features + 1)^3, all pairs but a sample with itself: O(count^2), in chunks.

    Binkowski et al. 2018, section 4, arXiv 1801.01401; the estimator is equation 3 of Gretton et al. 2012. The
    standard error is the first-order one of a U-statistic (Serfling 1980, section 5.5): right where the distributions
    differ; where they are equal the first order vanishes and it is up to about sqrt(2) too large, so on the safe side.

    Raises:
        SettingError: fewer than 2 samples in a set, sets of different width, or values that are not finite.
    """
    reals, fakes = _checked(real, fake, least=2)
    within_real, within_fake = _row_sums_without_self(reals), _row_sums_without_self(fakes)
    from_real, from_fake = _sums(reals, fakes)
    return _assembled(within_real, within_fake, from_real, from_fake)


def kernel_distance_of_subsets(
    real: RealFeatures, fake: FakeFeatures, *, subsets: int = 100, subset_size: int = 1000, seed: int = 0
) -> KernelDistanceOfSubsets:
    """Mean of `kernel_distance` over random subsets, each drawn without repeats; the same ones for the same `seed`.

    The protocol of KID: Binkowski et al. 2018, section 4, arXiv 1801.01401; 100 subsets of 1,000 are the usual numbers.

    Raises:
        SettingError: fewer samples than `subset_size`, which must be at least 2; fewer than 2 subsets.
    """
    require_at_least(2, subsets=subsets, subset_size=subset_size)
    reals, fakes = _checked(real, fake, least=subset_size)
    rng = seeded_generator(seed)
    drawn = ((_drawn(reals, subset_size, rng), _drawn(fakes, subset_size, rng)) for _ in range(subsets))
    distances = [kernel_distance(real_part, fake_part).value for real_part, fake_part in drawn]
    values = torch.tensor(distances, dtype=torch.float64)
    deviation = float(values.std())
    return KernelDistanceOfSubsets(
        value=float(values.mean()),
        standard_deviation=deviation,
        standard_error=deviation / sqrt(subsets),
        subsets=subsets,
        subset_size=subset_size,
    )


def _checked(real: RealFeatures, fake: FakeFeatures, *, least: int) -> tuple[Tensor, Tensor]:
    require_same_width({"`real`": real.shape[1], "`fake`": fake.shape[1]})
    return exact_features(real, "real", least=least), exact_features(fake, "fake", least=least)


def _drawn(pool: ExactFeatures, size: int, rng: torch.Generator) -> Float64[Tensor, "size features"]:
    return pool[torch.randperm(len(pool), generator=rng)[:size].to(pool.device)]


def _sums(a: Float64[Tensor, "rows features"], b: Float64[Tensor, "columns features"]) -> tuple[RowSums, RowSums]:
    """For each sample of `a` the sum of its kernels with all of `b`, and the other way round."""
    rows, columns = [], torch.zeros(len(b), dtype=torch.float64, device=b.device)
    for part in a.split(_ROWS):
        kernel = (part @ b.T / b.shape[1] + 1).pow(3)
        rows.append(kernel.sum(dim=1))
        columns += kernel.sum(dim=0)
    return torch.cat(rows), columns


def _row_sums_without_self(features: ExactFeatures) -> RowSums:
    own = (features.square().sum(dim=1) / features.shape[1] + 1).pow(3)
    return _sums(features, features)[0] - own


def _assembled(
    within_real: Float64[Tensor, " reals"],
    within_fake: Float64[Tensor, " fakes"],
    from_real: Float64[Tensor, " reals"],
    from_fake: Float64[Tensor, " fakes"],
) -> KernelDistance:
    """The three means and, from how far single samples pull them, the standard error."""
    reals, fakes = len(within_real), len(within_fake)
    real_pull = within_real / (reals - 1) - from_real / fakes
    fake_pull = within_fake / (fakes - 1) - from_fake / reals
    variance = 4 * (real_pull.var() / reals + fake_pull.var() / fakes)
    return KernelDistance(
        value=float(real_pull.mean() + fake_pull.mean()),
        standard_error=float(variance.sqrt()),
        reals=reals,
        fakes=fakes,
    )
