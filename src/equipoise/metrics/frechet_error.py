"""How sure a Fréchet distance is: the standard error that the luck of the draw gives it."""

from math import sqrt

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from equipoise.metrics.checks import exact_features, require_same_width
from equipoise.metrics.confidence import Estimate, Interval, normal_interval
from equipoise.metrics.frechet import covariance_root, frechet_distance
from equipoise.metrics.moments import Moments

_EPSILON = torch.finfo(torch.float64).eps
RealSample = Float[Tensor, "reals real_features"]
FakeSample = Float[Tensor, "fakes fake_features"]
_Influence = Float64[Tensor, " count"]


def frechet_estimate(
    real: Moments, fake: Moments, *, real_sample: RealSample, fake_sample: FakeSample, confidence: float = 0.95
) -> Estimate:
    """`frechet_distance` with its standard error to first order, and a normal interval cut off at 0.

    A sample x moves the distance by 2 (m1 - m2).(x - m1) + (x - m1)^T (I - T) (x - m1), where T maps its set's Gaussian
    to the other's: the derivative of the Bures distance (Bhatia, Jain and Lim 2019, arXiv 1712.01504). The variance of
    that over a set, divided by the set's count, is the set's share of the squared error. A sample of each set is enough
    to know it. It is the error of drawing, not the bias of small sets, for which see `frechet_warnings`.

    Raises:
        SettingError: sets of different width, or fewer than 2 samples.
    """
    fakes = exact_features(fake_sample, "fake_sample", least=2)
    reals = exact_features(real_sample, "real_sample", least=2)
    require_same_width({"`real`": len(real.mean), "`fake_sample`": fakes.shape[1], "`real_sample`": reals.shape[1]})
    variance = _influence(fakes, fake, real).var() / fake.count + _influence(reals, real, fake).var() / real.count
    value, error = frechet_distance(real, fake), sqrt(float(variance))
    around = normal_interval(value, error, confidence=confidence)
    interval = Interval(low=max(0.0, around.low), high=around.high, confidence=confidence)
    return Estimate(value=value, standard_error=error, interval=interval)


def _influence(samples: Float64[Tensor, "count features"], own: Moments, other: Moments) -> _Influence:
    """How far each sample of a set pulls the distance, up to a constant."""
    from_mean = samples - own.mean
    root = covariance_root(other.covariance)
    values, vectors = torch.linalg.eigh(root.T @ own.covariance @ root)
    seen = values > values[-1].clamp_min(0) * len(values) * _EPSILON
    transported = (from_mean @ root) @ (vectors[:, seen] * values[seen].pow(-0.25))
    linear: Tensor = 2 * from_mean @ (own.mean - other.mean)
    influence: Tensor = linear + from_mean.square().sum(dim=1) - transported.square().sum(dim=1)
    return influence
