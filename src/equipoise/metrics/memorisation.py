"""Do samples lie nearer to training data than unseen reals do?"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.metrics.checks import exact_features, require_at_least, require_same_width, require_share
from equipoise.metrics.confidence import Interval, wilson_interval
from equipoise.metrics.distances import nearest


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosePair:
    """A sample and its nearest training example: their positions in the sets given, and their distance."""

    sample: int
    training: int
    distance: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Memorisation:
    """How near samples come to training data, measured by how near held-out reals come to it.

    `ratio` is median over median: about 1 for fresh samples from the data's own distribution, towards 0 for copies.
    `share_nearer` of the samples lie nearer than the `quantile` of the held-out does; for fresh ones that share is
    about `quantile` itself. `interval` is its Wilson interval, of the samples' luck alone.
    """

    ratio: float
    share_nearer: float
    interval: Interval
    quantile: float
    limit: float
    closest: tuple[ClosePair, ...]
    samples: int
    training: int
    held_out: int


def memorisation(
    samples: Float[Tensor, "samples sample_features"],
    *,
    training: Float[Tensor, "training training_features"],
    held_out: Float[Tensor, "held_out held_out_features"],
    quantile: float = 0.05,
    closest: int = 10,
) -> Memorisation:
    """Compare distances to the nearest training example, of samples and of reals held out; Euclidean, in float64.

    The three-sample idea of Meehan et al. 2020, arXiv 2004.05675, in numbers that can be read off a picture; the
    thresholding by held-out distances is ours. A low ratio with poor coverage can also be blandness: samples in the
    dense middle of the data are near to much of it, so look at the closest pairs.

    Raises:
        SettingError: an empty set, sets of different width, values that are not finite, a quantile outside (0, 1), or
            held-out reals more than half of which are training examples themselves.
    """
    require_share(quantile=quantile)
    require_at_least(0, closest=closest)
    widths = {"`samples`": samples.shape[1], "`training`": training.shape[1], "`held_out`": held_out.shape[1]}
    require_same_width(widths)
    known = exact_features(training, "training")
    distances, partners = nearest(exact_features(samples, "samples"), known)
    reference, _ = nearest(exact_features(held_out, "held_out"), known)
    limit = float(reference.quantile(quantile))
    nearer = int((distances < limit).sum())
    return Memorisation(
        ratio=_ratio(distances, reference),
        share_nearer=nearer / len(samples),
        interval=wilson_interval(nearer, len(samples)),
        quantile=quantile,
        limit=limit,
        closest=_closest(distances, partners, closest),
        samples=len(samples),
        training=len(training),
        held_out=len(held_out),
    )


def _ratio(distances: Float64[Tensor, " samples"], reference: Float64[Tensor, " held_out"]) -> float:
    typical = float(reference.median())
    if typical == 0:
        raise SettingError("Half of `held_out` or more are copies of `training`: hold out examples that are not in it.")
    return float(distances.median()) / typical


def _closest(distances: Float64[Tensor, " n"], partners: Int64[Tensor, " n"], count: int) -> tuple[ClosePair, ...]:
    order = torch.argsort(distances, stable=True)[:count]
    found = zip(order.tolist(), partners[order].tolist(), distances[order].tolist(), strict=True)
    return tuple(ClosePair(sample=sample, training=partner, distance=distance) for sample, partner, distance in found)
