"""How many different things a generator makes, from how often two in a batch are alike."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.metrics.checks import ExactFeatures, exact_features, require_at_least
from equipoise.metrics.confidence import wilson_interval
from equipoise.metrics.distances import nearest_others

_LARGEST_SUPPORT = 1e18


@dataclass(frozen=True, kw_only=True, slots=True)
class SupportSize:
    """Size of a support whose members are equally likely that would repeat itself as often as was seen.

    Uneven supports repeat more, so the true number of different things is this or more: read it as an effective size.
    `estimate` is None where no batch, or every batch, held a duplicate: then only the bounds mean something, and
    `at_most` is None where no upper bound can be had. The bounds come from the Wilson interval of the share.
    """

    estimate: float | None
    at_least: float
    at_most: float | None
    with_duplicate: int
    batches: int
    batch_size: int
    confidence: float


def support_size(features: Float[Tensor, "count features"], *, batch_size: int, distance: float) -> SupportSize:
    """Birthday-paradox estimate: share of consecutive batches in which two samples are within `distance`.

    Arora and Zhang 2017, arXiv 1706.08224: they let people confirm the nearest pairs of a batch, where we take
    a distance, so choose one below which pairs do look alike. A batch size at which about half of the batches hold a
    duplicate tells most. Samples beyond the last whole batch are left out.

    Raises:
        SettingError: a batch size below 2, less than one batch, values that are not finite, or a negative distance.
    """
    require_at_least(2, batch_size=batch_size)
    if not distance >= 0:
        raise SettingError(f"`distance` is {distance}, but must be 0 (exact copies) or more.")
    exact = exact_features(features, "features", least=batch_size)
    batches = len(exact) // batch_size
    parts = exact[: batches * batch_size].split(batch_size)
    repeating = sum(_holds_duplicate(part, distance) for part in parts)
    return support_size_of_counts(with_duplicate=repeating, batches=batches, batch_size=batch_size)


def support_size_of_counts(
    *, with_duplicate: int, batches: int, batch_size: int, confidence: float = 0.95
) -> SupportSize:
    """Birthday-paradox estimate from `with_duplicate` of `batches` batches in which someone saw two samples alike.

    Solves 1 - prod_{i < batch_size} (1 - i / N) = share for N; at a share of one half N is about 0.72 batch_size^2.

    Raises:
        SettingError: a batch size below 2, no batches, more duplicates than batches, or a confidence outside (0, 1).
    """
    require_at_least(2, batch_size=batch_size)
    interval = wilson_interval(with_duplicate, batches, confidence=confidence)
    some = 0 < with_duplicate < batches
    return SupportSize(
        estimate=_support(with_duplicate / batches, batch_size) if some else None,
        at_least=_support(interval.high, batch_size) if with_duplicate < batches else 1.0,
        at_most=_support(interval.low, batch_size) if with_duplicate else None,
        with_duplicate=with_duplicate,
        batches=batches,
        batch_size=batch_size,
        confidence=confidence,
    )


def _holds_duplicate(batch: ExactFeatures, distance: float) -> bool:
    return bool((nearest_others(batch) <= distance).any())


def _support(share: float, batch_size: int) -> float:
    """The N at which a batch holds a repeat with probability `share`, in (0, 1): bisection on its logarithm."""
    earlier = np.arange(1, batch_size)
    low, high = np.log(batch_size - 1.0) + 1e-15, np.log(_LARGEST_SUPPORT)
    for _ in range(100):
        middle = (low + high) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            distinct = np.log1p(-np.minimum(1.0, earlier / np.exp(middle))).sum()
        low, high = (middle, high) if -np.expm1(distinct) > share else (low, middle)
    return float(np.exp(low))
