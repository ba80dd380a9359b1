"""Counting modes in the samples of a trained generator."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from equipoise.data import PointStore, as_samples, prepare
from equipoise.evaluation import classifier_of
from equipoise.evaluation.classifier import Classifier
from equipoise.metrics import ModeCounts, ModeCoverage, mixture_modes, stacked_classes
from equipoise.recipes import TrainedGenerator
from equipoise.sampling import to_uint8

POINTS = 2_500
"""As in PacGAN, section 4.1."""

STACKS = 26_000
"""As in PacGAN, section 4.2."""

SEED = 12_345
CLASSES = 1_000
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """`high_quality` is None where every sample counts for some mode."""

    covered: int
    modes: int
    high_quality: float | None
    kl: float | None


class ModeCounter(Protocol):
    """Counts the modes of a generator; `samples` says of how many samples."""

    samples: int

    def count(self, generator: TrainedGenerator) -> Counted:
        """Draw and count."""
        ...


@dataclass(frozen=True, slots=True)
class MixtureCounter:
    """Nearest mode within 3 standard deviations."""

    store: PointStore
    samples: int = POINTS

    def count(self, generator: TrainedGenerator) -> Counted:
        """Points within reach of a mode count for it."""
        mixture = self.store.mixture
        assert mixture is not None
        points = self.samples_of(generator)
        found = mixture_modes(points, torch.from_numpy(mixture.centres.copy()), mixture.standard_deviation)
        return _counted(found, high_quality=found.assigned_share)

    def samples_of(self, generator: TrainedGenerator) -> torch.Tensor:
        """Those that are counted."""
        return generator.sample(self.samples, seed=SEED)

    def reals(self) -> torch.Tensor:
        """As many real points."""
        return self.store.batch(torch.arange(self.samples))[0]


@dataclass(frozen=True, slots=True)
class StackedCounter:
    """Arg-max of a classifier of MNIST in each channel, at 28 pixels."""

    classifier: Classifier
    samples: int = STACKS

    @torch.no_grad()
    def count(self, generator: TrainedGenerator) -> Counted:
        """Every stack counts for the digits that are read in it."""
        stream = ModeCounts(CLASSES)
        for part in as_samples(to_uint8(generator.sample(self.samples, seed=SEED))).split(_AT_ONCE):
            size = self.classifier.spec.size
            fitted = torch.nn.functional.interpolate(part, size=(size, size), mode="bilinear", antialias=True)
            digits = self.classifier(fitted.flatten(0, 1)[:, None]).argmax(dim=1).view(len(part), 3)
            stream.update(stacked_classes(digits))
        return _counted(stream.compute(), high_quality=None)


def mixture_counter(name: str) -> MixtureCounter:
    """For ring-8 and grid-25."""
    store = prepare(name)
    assert isinstance(store, PointStore)
    return MixtureCounter(store)


def stacked_counter(mnist: Path) -> StackedCounter:
    """For stacked MNIST: the classifier comes from the cache, or is trained now."""
    trained = classifier_of(prepare(str(mnist)))
    print(f"The classifier is right on {trained.record.accuracy:.2%} of {trained.record.held_out:,} held-out digits.")
    return StackedCounter(trained.network.eval())


def _counted(found: ModeCoverage, *, high_quality: float | None) -> Counted:
    return Counted(covered=found.covered, modes=found.modes, high_quality=high_quality, kl=found.reverse_kl)
