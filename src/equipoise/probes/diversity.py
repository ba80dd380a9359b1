"""What the samples are like beside the held-out ones: place, spread, and how much they repeat each other."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64
from torch import Tensor
from torch.nn.functional import avg_pool2d

from equipoise.core.errors import SettingError
from equipoise.core.types import Samples, Scalar
from equipoise.probes.opponents import AnyLatents, Measured

MOST_VALUES = 65_536
"""So many of all values are sorted for `samples/marginal_distance`; of larger samples an even selection is."""

LARGEST_SIDE = 64
"""Pixels of a picture's side up to which it is compared as it is."""

DUPLICATE = 0.1
"""A sample this share of the usual distance between neighbours away from another is a copy of it."""

NEIGHBOURS = 5
MOST_DIMENSIONS = 16
"""Of a sample whose recall is measured: between pictures, pixel by pixel, it is 0 in healthy runs too."""

COPY = 1e-6
"""Closer than this share of the usual distance two samples are the same but for rounding."""

Rows = Float64[Tensor, "count values"]
OtherRows = Float64[Tensor, "others values"]
OtherSamples = Float[Tensor, "others *sample"]
Distances = Float64[Tensor, "rows columns"]
OtherDistances = Float64[Tensor, "rows others"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Reference:
    """The held-out samples as rows about their own mean, and what is asked of them at every look."""

    mean: Float64[Tensor, " values"]
    rows: Rows
    total_variance: Scalar
    deviation: Scalar
    """Of all values together."""
    distance: Scalar
    """Mean over pairs."""
    neighbour: Scalar
    """Median distance to the nearest other one."""
    repeats_itself: bool
    """Most are exact copies of another, so distances to neighbours say nothing."""
    dimensions: Scalar

    @staticmethod
    def of(samples: Samples) -> "Reference":
        """Measure `samples`.

        Raises:
            SettingError: there are fewer than 2, or all are the same.
        """
        exact = exact_rows(samples)
        if len(exact) < 2 or bool((exact == exact[0]).all()):
            raise SettingError(f"The {len(exact)} held-out samples are all the same: nothing can be measured by them.")
        mean = exact.mean(dim=0)
        rows = exact - mean
        between = distances(rows, rows)
        neighbour = nearest_distances(between).median()
        return Reference(
            mean=mean,
            rows=rows,
            total_variance=rows.var(dim=0).sum(),
            deviation=exact.std(),
            distance=mean_distance(between),
            neighbour=neighbour,
            repeats_itself=not bool(neighbour > COPY * mean_distance(between)),
            dimensions=participation(rows),
        )

    def beside(self, samples: OtherSamples) -> OtherRows:
        """Other samples about the same mean."""
        return exact_rows(samples) - self.mean


def exact_rows(samples: Samples) -> OtherRows:
    """One row a sample, in float64; on the CPU where the device has none.

    Pictures above 64 pixels are made smaller by whole factors, with their norms kept, or a look at large ones would
    cost more than the step.
    """
    rows = _reduced(samples.detach().float()).flatten(1)
    return (rows.cpu() if rows.device.type == "mps" else rows).double()


def _reduced(samples: OtherSamples) -> OtherSamples:
    factor = -(-max(samples.shape[2:]) // LARGEST_SIDE) if samples.ndim == 4 else 1
    return samples if factor == 1 else avg_pool2d(samples, factor, ceil_mode=True) * factor


def diversity_signals(fake: OtherRows, real: Reference) -> Measured:
    """`samples/...` of generated samples `real.beside(samples)`, all free of units.

    marginal_distance: Wasserstein-1 distance of all values, whatever their place, over the reals' deviation.
    mean_shift, variance_ratio: as `equipoise.metrics` has them.
    participation_ratio: effective dimension (tr C)^2 / tr C^2 over that of the reals.
    diversity: mean distance of a pair over that of the reals.
    nearest_ratio: median distance to the nearest other one, over that of the reals.
    duplicates: share of samples whose nearest other one is closer than a tenth of the reals' median.
    recall: share of the reals within reach of a sample, that is nearer to it than its fifth-nearest other sample
    (arXiv 1904.06991, equation 2); of points, not of pictures.
    `nearest_ratio` and `duplicates` are left out where most of the reals are copies.
    """
    between = distances(fake, fake)
    nearest = nearest_distances(between)
    shift, variance = fake.mean(dim=0).norm(), fake.var(dim=0).sum()
    signals = {
        "samples/marginal_distance": marginal_distance(fake + real.mean, real.rows + real.mean) / real.deviation,
        "samples/mean_shift": shift / real.total_variance.sqrt(),
        "samples/variance_ratio": variance / real.total_variance,
        "samples/participation_ratio": participation(fake - fake.mean(dim=0)) / real.dimensions,
        "samples/diversity": mean_distance(between) / real.distance,
    }
    if not real.repeats_itself:
        signals["samples/nearest_ratio"] = nearest.median() / real.neighbour
        signals["samples/duplicates"] = (nearest < DUPLICATE * real.neighbour).double().mean()
    if fake.shape[1] <= MOST_DIMENSIONS and len(fake) > NEIGHBOURS:
        signals["samples/recall"] = recall(between, distances(fake, real.rows))
    return signals


def recall(between: Distances, to_reals: OtherDistances) -> Scalar:
    """Share of columns (reals) that lie in the ball of some row (fake) around its `NEIGHBOURS`-th nearest other row."""
    reach = between.kthvalue(NEIGHBOURS + 1, dim=1).values  # the first is the sample itself
    return (to_reals <= reach[:, None]).any(dim=0).double().mean()


def marginal_distance(fake: OtherRows, real: Rows) -> Scalar:
    """Mean absolute difference of the sorted values, of as many samples of either side and the same places of each."""
    count = min(len(fake), len(real))
    every = -(-count * fake.shape[1] // MOST_VALUES)
    fake_values, real_values = fake[:count, ::every].flatten(), real[:count, ::every].flatten()
    return (fake_values.sort().values - real_values.sort().values).abs().mean()


def distances(a: OtherRows, b: Rows) -> Float64[Tensor, "others count"]:
    """All Euclidean distances, by |x|^2 + |y|^2 - 2 x.y: give rows about a common mean, or rounding shows."""
    squared = a.square().sum(dim=1)[:, None] + b.square().sum(dim=1)[None, :] - 2.0 * (a @ b.T)
    return squared.clamp_min(0.0).sqrt()


def mean_distance(between: Distances) -> Scalar:
    """Over all pairs of different samples, from their square matrix."""
    count = len(between)
    return (between.sum() - between.diagonal().sum()) / (count * (count - 1))


def nearest_distances(between: Distances) -> Float64[Tensor, " rows"]:
    """From each sample to the nearest other one."""
    own = torch.eye(len(between), dtype=torch.bool, device=between.device)
    return between.masked_fill(own, torch.inf).amin(dim=1)


def participation(rows: Rows) -> Scalar:
    """(tr C)^2 / tr C^2 of rows about their mean, C their covariance; 0 of rows that are all the same."""
    inner = rows @ rows.T
    return inner.trace().square() / inner.square().sum().clamp_min(torch.finfo(inner.dtype).tiny)


def latent_sensitivity(moved: Rows, fake: Rows, steps: AnyLatents, spread: Scalar) -> Scalar:
    """E |G(z + e) - G(z)| / |e| * sqrt(dim z) over the reals' mean distance, of steps `e` in latent space.

    About how far a typical latent carries: near 0 the generator ignores its latents, well above 1 it folds them.
    """
    lengths = exact_rows(steps).norm(dim=1)
    latent_dim = steps[0].numel()
    carried: Scalar = ((moved - fake).norm(dim=1) / lengths).mean() * latent_dim**0.5 / spread
    return carried
