"""The Fréchet distance within each class: it sees a class that is made badly, or not at all, behind a good average."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Features
from equipoise.metrics.checks import require_at_least, require_labels_below
from equipoise.metrics.frechet import frechet_distance
from equipoise.metrics.moments import FeatureMoments, Moments

_MOST_ENTRIES = 1 << 28  # of all covariances together: 2 GiB


@dataclass(frozen=True, kw_only=True, slots=True)
class FrechetByClass:
    """`mean` over the classes that both sets have; a class that either lacks is None in `by_class`."""

    mean: float
    by_class: tuple[float | None, ...]
    worst: int
    counts: tuple[tuple[int, int], ...]


class ClassMoments:
    """The moments of each class of a stream. Memory is classes times features squared."""

    def __init__(self, classes: int) -> None:
        require_at_least(1, classes=classes)
        self._classes = [FeatureMoments() for _ in range(classes)]

    def update(self, features: Features, labels: Int[Tensor, " labels"]) -> None:
        """Take in a batch.

        Raises:
            SettingError: unequal numbers, a label that is no class, or more covariances than fit into 2 GiB.
        """
        if len(features) != len(labels):
            raise SettingError(
                f"`features` has {len(features)} samples and `labels` {len(labels)}: pair them one to one."
            )
        require_labels_below(labels, "labels", len(self._classes))
        if len(self._classes) * features.shape[1] ** 2 > _MOST_ENTRIES:
            raise SettingError(
                f"{len(self._classes)} classes of {features.shape[1]} features need more than 2 GiB: take features of "
                "fewer dimensions (`--features classifier`), or fewer classes."
            )
        for label in labels.unique().tolist():
            self._classes[label].update(features[(labels == label).to(features.device)])

    def merge(self, other: "ClassMoments") -> None:
        """Take in what another stream has seen.

        Raises:
            SettingError: another number of classes.
        """
        if len(self._classes) != len(other._classes):
            found = f"{len(self._classes)} and {len(other._classes)}"
            raise SettingError(f"Streams have {found} classes, but must agree to be merged.")
        for mine, theirs in zip(self._classes, other._classes, strict=True):
            mine.merge(theirs)

    def compute(self) -> tuple[Moments | None, ...]:
        """One set of moments a class; None where it was not seen."""
        return tuple(stream.compute() if stream.count else None for stream in self._classes)


def frechet_by_class(real: Sequence[Moments | None], fake: Sequence[Moments | None]) -> FrechetByClass:
    """Mean over classes of the Fréchet distance of that class: Miyato and Koyama 2018 (intra FID), arXiv 1802.05637.

    Classes are small, so each distance is biased upwards more than that of all samples: compare only equal counts.

    Raises:
        SettingError: unequal numbers of classes, or none with 2 samples on both sides.
    """
    if len(real) != len(fake):
        raise SettingError(f"`real` has {len(real)} classes and `fake` {len(fake)}, but they must be the same ones.")
    counts = [(0 if r is None else r.count, 0 if f is None else f.count) for r, f in zip(real, fake, strict=True)]
    distances = [
        frechet_distance(r, f) if r is not None and f is not None and min(r.count, f.count) > 1 else None
        for r, f in zip(real, fake, strict=True)
    ]
    known = {label: distance for label, distance in enumerate(distances) if distance is not None}
    if not known:
        raise SettingError("No class has 2 samples in both sets, so none can be compared: draw more, with labels.")
    return FrechetByClass(
        mean=float(torch.tensor(list(known.values()), dtype=torch.float64).mean()),
        by_class=tuple(distances),
        worst=max(known, key=lambda label: known[label]),
        counts=tuple(counts),
    )
