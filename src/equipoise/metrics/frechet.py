"""Fréchet distance between feature sets (FID where the features are Inception's), and its limit for many samples."""

from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Features
from equipoise.metrics.checks import exact_features, require_at_least, require_same_width
from equipoise.metrics.moments import Moments

_EPSILON = torch.finfo(torch.float64).eps


def frechet_distance(real: Moments, fake: Moments) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1^(1/2) S2 S1^(1/2))^(1/2)): at least 0, in squared feature units.

    The squared Wasserstein-2 distance of two Gaussians (Dowson and Landau 1982), on features: Heusel et al. 2017,
    equation 6, arXiv 1706.08500. The symmetric form has real eigenvalues only, so singular covariances need no offset
    and nothing complex is dropped; a rounding error below 0 is returned as 0. Covariances are divided by count - 1.

    Raises:
        SettingError: sets of different width, or fewer than 2 samples.
    """
    require_same_width({"`real`": len(real.mean), "`fake`": len(fake.mean)})
    fewer, more = (real, fake) if real.count <= fake.count else (fake, real)
    root, covariance = covariance_root(fewer.covariance), more.covariance
    overlap = torch.linalg.eigvalsh(root.T @ covariance @ root).clamp_min(0).sqrt().sum()
    spread = fewer.covariance.trace() + covariance.trace() - 2 * overlap
    return max(0.0, float((real.mean - fake.mean).square().sum() + spread))


@dataclass(frozen=True, kw_only=True, slots=True)
class FrechetInfinity:
    """The Fréchet distance extrapolated to endless fakes.

    `standard_error` is the intercept's in the fit. It holds the scatter of the points about the line, not the luck of
    the one set of fakes that all points are drawn from. `value` is not cut off at 0: below it, no difference is seen.
    """

    value: float
    standard_error: float
    slope: float
    sizes: tuple[int, ...]
    distances: tuple[float, ...]


def frechet_infinity(
    real: Moments, fake: Features, *, points: int = 15, smallest: int | None = None, seed: int = 0
) -> FrechetInfinity:
    """Intercept of the line through (1/N, distance of N fakes), N evenly spaced from `smallest` to all fakes.

    Chong and Forsyth 2020, arXiv 1911.07023: the bias is linear in 1/N to first order. As there, each N is
    a fresh draw without repeats and there are 15; `smallest` is a tenth of the fakes (theirs: 5,000 of 50,000) but
    above the number of features. We take the fakes as they come (theirs are of Sobol latents). The reals' bias stays.

    Raises:
        SettingError: fewer than 3 points, or fewer distinct sizes than points between `smallest` and all fakes.
    """
    exact = exact_features(fake, "fake", least=2)
    require_at_least(3, points=points)
    least = max(len(exact) // 10, exact.shape[1] + 1) if smallest is None else smallest
    require_at_least(2, smallest=least)
    if len(exact) - least < points - 1:
        raise SettingError(
            f"`fake` has {len(exact)} samples, too few for `points` = {points} sizes from {least} on: draw more."
        )
    sizes = torch.linspace(least, len(exact), points, dtype=torch.float64).long().tolist()
    rng = seeded_generator(seed)
    draws = (torch.randperm(len(exact), generator=rng)[:size].to(exact.device) for size in sizes)
    distances = [frechet_distance(real, Moments.of(exact[chosen])) for chosen in draws]
    intercept, slope, error = _line(
        torch.tensor(sizes, dtype=torch.float64).reciprocal(), torch.tensor(distances, dtype=torch.float64)
    )
    return FrechetInfinity(
        value=intercept, standard_error=error, slope=slope, sizes=tuple(sizes), distances=tuple(distances)
    )


def frechet_warnings(*, reals: int, fakes: int, features: int) -> tuple[str, ...]:
    """What to know before reading a Fréchet distance of so many samples and features; empty if there is nothing.

    The distance is biased upwards by about a constant over the count (Binkowski et al. 2018, arXiv 1801.01401,
    appendix D; Chong and Forsyth 2020, arXiv 1911.07023), so only distances of equal counts can be compared. Ten
    samples a feature is a rule of thumb, not a line between right and wrong: two halves of scikit-learn's digits (898
    samples each of 64 pixels) are still 1.7% of their total variance apart.
    """
    warnings = []
    for name, count in (("real", reals), ("fake", fakes)):
        if count <= features:
            warnings.append(
                f"{count} {name} samples cannot span {features} features: their covariance is singular and the "
                f"distance too high. Take more than {features}, or the kernel distance, which has no such bias."
            )
        elif count < 10 * features:
            warnings.append(
                f"{count} {name} samples for {features} features bias the distance upwards: compare it only "
                f"with distances of {count}, or extrapolate (the metric fid-infinity)."
            )
    return tuple(warnings)


def covariance_root(covariance: Float64[Tensor, "features features"]) -> Float64[Tensor, "features rank"]:
    """B with B B^T = covariance, without the directions that are rounding error."""
    values, vectors = torch.linalg.eigh(covariance)
    keep = values > values[-1].clamp_min(0) * len(values) * _EPSILON
    root: Tensor = vectors[:, keep] * values[keep].sqrt()
    return root


def _line(x: Float64[Tensor, " points"], y: Float64[Tensor, " points"]) -> tuple[float, float, float]:
    """Least squares y = intercept + slope x: intercept, slope, and the intercept's standard error."""
    centred = x - x.mean()
    spread = centred.square().sum()
    slope = (centred * y).sum() / spread
    intercept = y.mean() - slope * x.mean()
    variance = (y - intercept - slope * x).square().sum() / (len(x) - 2)
    error = (variance * (1 / len(x) + x.mean().square() / spread)).sqrt()
    return float(intercept), float(slope), float(error)
