"""Inception score from class probabilities: sharp single predictions, many classes in all."""

from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.metrics.checks import SampleNumbers, exact_features, require_at_least, sample_numbers

_SUM_TOLERANCE = 1e-2  # rounding a softmax to bfloat16 moves its sum by up to 2^-9

ClassProbabilities = Float[Tensor, "batch classes"]
"""Predicted class probabilities; rows sum to 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InceptionScore:
    """Mean over splits of exp(mean KL(p(y|x) || p(y))): 1 to the number of classes.

    `standard_deviation` over the splits, divided by their number, is what papers print after the plus-minus;
    `standard_error` of the mean divides by splits - 1 first and is None for a single split.
    """

    value: float
    standard_deviation: float
    standard_error: float | None
    splits: int
    count: int


def inception_score(probabilities: ClassProbabilities, *, splits: int = 10) -> InceptionScore:
    """Salimans et al. 2016, section 4, arXiv 1606.03498, with 10 consecutive splits as in their code.

    The samples must be in random order: splits of samples sorted by class score as if they were collapsed.

    Raises:
        SettingError: fewer samples than splits, or rows that are no probabilities.
    """
    stream = InceptionScoreStream(classes=probabilities.shape[1], splits=splits)
    positions = torch.arange(len(probabilities))
    stream._add(probabilities, (positions * splits + splits - 1) // max(1, len(probabilities)))
    return stream.compute()


def inception_score_of_logits(logits: ClassProbabilities, *, splits: int = 10) -> InceptionScore:
    """`inception_score` of softmax(logits), the softmax in float64.

    Raises:
        SettingError: fewer samples than splits, or values that are not finite.
    """
    return inception_score(exact_features(logits, "logits").softmax(dim=1), splits=splits)


class InceptionScoreStream:
    """The Inception score of a stream, merged exactly over processes; memory is splits times classes.

    Sample number i belongs to split i modulo `splits`; with one and the same numbering of the samples the score does
    not depend on who saw which. (`inception_score` splits consecutively: for random order that is as good, not equal.)
    """

    def __init__(self, *, classes: int, splits: int = 10) -> None:
        require_at_least(1, classes=classes, splits=splits)
        self._counts = torch.zeros(splits, dtype=torch.int64)
        self._negative_entropies = torch.zeros(splits, dtype=torch.float64)
        self._probabilities = torch.zeros(splits, classes, dtype=torch.float64)

    @property
    def count(self) -> int:
        """Samples seen so far."""
        return int(self._counts.sum())

    def update(self, probabilities: ClassProbabilities, *, numbers: SampleNumbers | None = None) -> None:
        """Take in a batch; `numbers` are its samples' numbers in the whole set, by default counted on from here.

        Raises:
            SettingError: rows that are no probabilities or of another number of classes, or numbers that do not fit.
        """
        places = sample_numbers(numbers, first=self.count, count=len(probabilities))
        self._add(probabilities, places % len(self._counts))

    def merge(self, other: "InceptionScoreStream") -> None:
        """Take in what another stream has seen.

        Raises:
            SettingError: streams of different classes or splits.
        """
        if self._probabilities.shape != other._probabilities.shape:
            found = f"{tuple(self._probabilities.shape)} and {tuple(other._probabilities.shape)}"
            raise SettingError(f"Streams have (splits, classes) {found}, but must agree to be merged.")
        self._counts += other._counts
        self._negative_entropies += other._negative_entropies
        self._probabilities += other._probabilities

    def compute(self) -> InceptionScore:
        """The score of all that was seen.

        Raises:
            SettingError: a split without samples.
        """
        splits = len(self._counts)
        if int(self._counts.min()) == 0:
            raise SettingError(f"{self.count} samples leave some of `splits` = {splits} empty: draw more, or lower it.")
        mean = self._probabilities / self._counts[:, None]
        divergence = self._negative_entropies / self._counts - torch.xlogy(mean, mean).sum(dim=1)
        scores = divergence.exp()
        error = float(scores.std()) / sqrt(splits) if splits > 1 else None
        deviation = float(scores.std(correction=0))
        return InceptionScore(
            value=float(scores.mean()),
            standard_deviation=deviation,
            standard_error=error,
            splits=splits,
            count=self.count,
        )

    def _add(self, probabilities: ClassProbabilities, split: Int64[Tensor, " batch"]) -> None:
        exact = _checked(probabilities, self._probabilities.shape[1]).cpu()
        self._counts += torch.bincount(split, minlength=len(self._counts))
        self._negative_entropies.index_add_(0, split, torch.xlogy(exact, exact).sum(dim=1))
        self._probabilities.index_add_(0, split, exact)


def _checked(probabilities: ClassProbabilities, classes: int) -> Float64[Tensor, "batch classes"]:
    """In float64 and with rows that sum to 1 to the last digit."""
    exact = exact_features(probabilities, "probabilities")
    if exact.shape[1] != classes:
        raise SettingError(f"`probabilities` has {exact.shape[1]} classes, but the stream has {classes}.")
    sums = exact.sum(dim=1, keepdim=True)
    if bool((exact < 0).any()) or bool(((sums - 1).abs() > _SUM_TOLERANCE).any()):
        low, high = float(sums.min()), float(sums.max())
        raise SettingError(
            f"Rows of `probabilities` must be 0 or more and sum to 1, but sum to {low:.4g}..{high:.4g}: "
            "take `inception_score_of_logits` for logits."
        )
    return exact / sums
