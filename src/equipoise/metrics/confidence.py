"""Confidence intervals for shares, means and measures of samples, each with its seed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import cos, pi, sin, sqrt, tan
from statistics import NormalDist

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.metrics.checks import require_at_least, require_share

AnyValues = Float[Tensor, "count *value"]
"""One number, or one row of features, a sample."""

Statistic = Callable[[Tensor], float]
"""From samples to one number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """Two ends, and how often intervals made this way hold the truth."""

    low: float
    high: float
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A number with its standard error and its interval."""

    value: float
    standard_error: float
    interval: Interval


def wilson_interval(successes: int, total: int, *, confidence: float = 0.95) -> Interval:
    """The interval of a share of independent trials, sensible at 0 and 1 and for few trials: Wilson 1927.

    Raises:
        SettingError: no trials, more successes than trials, or a confidence outside (0, 1).
    """
    require_share(confidence=confidence)
    require_at_least(1, total=total)
    if not 0 <= successes <= total:
        raise SettingError(f"`successes` is {successes}, but must lie in 0..{total}, the number of trials.")
    z, share = NormalDist().inv_cdf((1 + confidence) / 2), successes / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low = 0.0 if successes == 0 else max(0.0, middle - reach)
    high = 1.0 if successes == total else min(1.0, middle + reach)
    return Interval(low=low, high=high, confidence=confidence)


def bootstrap_estimate(
    values: AnyValues, statistic: Statistic, *, resamples: int = 1000, confidence: float = 0.95, seed: int = 0
) -> Estimate:
    """`statistic` of all samples, with the percentile interval over resamples with repeats (Efron 1979).

    For means, medians and shares. Not for distances that repeats distort (Fréchet, kernel, nearest neighbours): there
    a resample looks less diverse than the set it comes from; take `subset_estimate`.

    Raises:
        SettingError: fewer than 2 samples or resamples, or a confidence outside (0, 1).
    """
    require_share(confidence=confidence)
    require_at_least(2, values=len(values), resamples=resamples)
    rng = seeded_generator(seed)
    picks = (torch.randint(len(values), (len(values),), generator=rng) for _ in range(resamples))
    drawn = _measured(statistic, values, picks)
    low, high = drawn.quantile(torch.tensor([(1 - confidence) / 2, (1 + confidence) / 2], dtype=torch.float64)).tolist()
    interval = Interval(low=low, high=high, confidence=confidence)
    return Estimate(value=float(statistic(values)), standard_error=float(drawn.std()), interval=interval)


def subset_estimate(
    values: AnyValues, statistic: Statistic, *, subsets: int = 10, confidence: float = 0.95, seed: int = 0
) -> Estimate:
    """Mean of `statistic` over disjoint random subsets of count // subsets samples, with Student's interval.

    The subsets share no sample, so they are independent and the interval is honest for any statistic; but it is about
    sets of the subsets' size: a measure that depends on the count (Fréchet, coverage) differs from that of all samples.

    Raises:
        SettingError: fewer than 2 subsets, fewer than 2 samples a subset, or a confidence outside (0, 1).
    """
    require_share(confidence=confidence)
    require_at_least(2, subsets=subsets)
    size = len(values) // subsets
    if size < 2:
        raise SettingError(f"{len(values)} samples are too few for `subsets` = {subsets} of 2 or more: lower it.")
    order = torch.randperm(len(values), generator=seeded_generator(seed))[: size * subsets]
    drawn = _measured(statistic, values, order.split(size))
    mean, error = float(drawn.mean()), float(drawn.std()) / sqrt(subsets)
    interval = student_interval(mean, error, freedom=subsets - 1, confidence=confidence)
    return Estimate(value=mean, standard_error=error, interval=interval)


def jackknife_error(values: AnyValues, statistic: Statistic, *, groups: int = 10, seed: int = 0) -> float:
    """Standard error of `statistic` of all samples, from leaving out one of `groups` random parts at a time.

    Tukey 1958; for smooth statistics that repeats would distort (distances between sets). Unlike `subset_estimate` it
    is about sets of nearly the full size.

    Raises:
        SettingError: fewer than 2 groups, or fewer than 2 samples a group.
    """
    require_at_least(2, groups=groups)
    if len(values) < 2 * groups:
        raise SettingError(f"{len(values)} samples are too few for `groups` = {groups} of 2 or more: lower it.")
    order = torch.randperm(len(values), generator=seeded_generator(seed))
    parts = order.tensor_split(groups)
    rests = (torch.cat([*parts[:left], *parts[left + 1 :]]) for left in range(groups))
    drawn = _measured(statistic, values, rests)
    return float(((groups - 1) / groups * (drawn - drawn.mean()).square().sum()).sqrt())


def student_interval(value: float, standard_error: float, *, freedom: int, confidence: float = 0.95) -> Interval:
    """`value` and so many standard errors to either side, where the error itself comes from `freedom` + 1 numbers.

    Raises:
        SettingError: a confidence outside (0, 1), or no degree of freedom.
    """
    require_share(confidence=confidence)
    require_at_least(1, freedom=freedom)
    reach = _student_quantile(freedom, confidence) * standard_error
    return Interval(low=value - reach, high=value + reach, confidence=confidence)


def normal_interval(value: float, standard_error: float, *, confidence: float = 0.95) -> Interval:
    """`value` and so many standard errors to either side.

    Raises:
        SettingError: a confidence outside (0, 1).
    """
    require_share(confidence=confidence)
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * standard_error
    return Interval(low=value - reach, high=value + reach, confidence=confidence)


def _measured(statistic: Statistic, values: AnyValues, picks: Iterable[Tensor]) -> Float64[Tensor, " draws"]:
    numbers = [float(statistic(values[pick.to(values.device)])) for pick in picks]
    return torch.tensor(numbers, dtype=torch.float64)


def _student_quantile(freedom: int, confidence: float) -> float:
    """The t with P(|T| <= t) = confidence, by bisection on the angle atan(t / sqrt(freedom))."""
    low, high = 0.0, pi / 2
    for _ in range(100):
        angle = (low + high) / 2
        low, high = (angle, high) if _student_mass(freedom, angle) < confidence else (low, angle)
    return tan(low) * sqrt(freedom)


def _student_mass(freedom: int, angle: float) -> float:
    """P(|T| <= sqrt(freedom) tan(angle)): the finite sums of Abramowitz and Stegun 1964, 26.7.3 and 26.7.4."""
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for k in range(2 + odd, freedom - 1, 2):
        term *= (k - 1) / k * cos(angle) ** 2
        total += term
    return (angle + sin(angle) * total) * 2 / pi if odd else sin(angle) * total
