"""Do samples lie nearer to training data than unseen reals do?"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.metrics.checks import (
    SampleNumbers,
    exact_features,
    require_at_least,
    require_same_width,
    require_share,
    sample_numbers,
)
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
    widths = {"`samples`": samples.shape[1], "`training`": training.shape[1], "`held_out`": held_out.shape[1]}
    require_same_width(widths)
    of_samples, of_held_out = NearestTraining(samples), NearestTraining(held_out)
    for search in (of_samples, of_held_out):
        search.update(training)
    return memorisation_of_searches(of_samples, of_held_out, quantile=quantile, closest=closest)


class NearestTraining:
    """The nearest training example of each of some samples, found while the training data stream by.

    Memory is that of the samples and of one batch. Streams over parts of the training data are merged exactly, given
    the numbers of the examples in the whole.
    """

    def __init__(self, samples: Float[Tensor, "samples features"]) -> None:
        self._samples = exact_features(samples, "samples")
        self._distances = torch.full((len(samples),), torch.inf, dtype=torch.float64)
        self._partners = torch.full((len(samples),), -1, dtype=torch.int64)
        self._seen = 0

    @property
    def count(self) -> int:
        """Training examples seen so far."""
        return self._seen

    def update(self, training: Float[Tensor, "training features"], *, numbers: SampleNumbers | None = None) -> None:
        """Take in a batch of training data; `numbers` are theirs in the whole set, by default counted on from here.

        Raises:
            SettingError: another width, values that are not finite, or numbers that do not fit.
        """
        require_same_width({"the samples": self._samples.shape[1], "`training`": training.shape[1]})
        places = sample_numbers(numbers, first=self._seen, count=len(training))
        distances, found = nearest(self._samples, exact_features(training, "training"))
        self._keep(distances.cpu(), places[found.cpu()])
        self._seen += len(training)

    def merge(self, other: "NearestTraining") -> None:
        """Take in what another search has found for the same samples.

        Raises:
            SettingError: a search for other samples.
        """
        if not torch.equal(self._samples, other._samples):
            raise SettingError("Searches can be merged only if they are for the same samples.")
        self._keep(other._distances, other._partners)
        self._seen += other._seen

    def compute(self) -> tuple[Float64[Tensor, " samples"], Int64[Tensor, " samples"]]:
        """Distance to, and number of, the nearest training example of each sample.

        Raises:
            SettingError: no training data was seen.
        """
        if self._seen == 0:
            raise SettingError("No training data was seen, so nothing is near or far: call `update` first.")
        return self._distances.clone(), self._partners.clone()

    def _keep(self, distances: Float64[Tensor, " samples"], partners: Int64[Tensor, " samples"]) -> None:
        """The nearer of what is known and what is new; of equals the lower number, whatever the order of merging."""
        same = (distances == self._distances) & (partners >= 0) & (partners < self._partners)
        better = (distances < self._distances) | same
        self._distances = torch.where(better, distances, self._distances)
        self._partners = torch.where(better, partners, self._partners)


def memorisation_of_searches(
    samples: NearestTraining, held_out: NearestTraining, *, quantile: float = 0.05, closest: int = 10
) -> Memorisation:
    """`memorisation` from two finished searches of the same training data.

    Raises:
        SettingError: as there, or searches that have seen different numbers of training examples.
    """
    require_share(quantile=quantile)
    require_at_least(0, closest=closest)
    if samples.count != held_out.count:
        raise SettingError(
            f"The searches have seen {samples.count} and {held_out.count} training examples, not the same."
        )
    (distances, partners), (reference, _) = samples.compute(), held_out.compute()
    limit = float(reference.quantile(quantile))
    nearer = int((distances < limit).sum())
    return Memorisation(
        ratio=_ratio(distances, reference),
        share_nearer=nearer / len(distances),
        interval=wilson_interval(nearer, len(distances)),
        quantile=quantile,
        limit=limit,
        closest=_closest(distances, partners, closest),
        samples=len(distances),
        training=samples.count,
        held_out=len(reference),
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
