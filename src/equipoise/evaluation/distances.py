"""Measures of how far the samples' distribution is from the reference's."""

import torch

from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Samples
from equipoise.data import Indices
from equipoise.evaluation.comparison import Comparison
from equipoise.evaluation.result import MetricValue
from equipoise.evaluation.sets import BATCH, SampleSet
from equipoise.metrics import (
    ClassMoments,
    Interval,
    Moments,
    frechet_by_class,
    frechet_estimate,
    frechet_infinity,
    frechet_warnings,
    jackknife_error,
    kernel_distance,
    normal_interval,
    sliced_wasserstein,
    student_interval,
)

MOST_RAW = 2000
"""Samples of either set whose raw values are held in memory together."""

POINTS = 15


def frechet(comparison: Comparison) -> list[MetricValue]:
    """FID where the features are the published ones."""
    real, fake = comparison.real_moments, comparison.fake_moments
    estimate = frechet_estimate(real, fake, real_sample=comparison.some_reals, fake_sample=comparison.some_fakes)
    return [
        MetricValue(
            name=comparison.name(_stem(comparison, "fid", "frechet")),
            metric="fid",
            value=estimate.value,
            interval=estimate.interval,
            better="lower",
            notes=frechet_warnings(reals=real.count, fakes=fake.count, features=comparison.real.width),
            details={"standard_error": estimate.standard_error, "reals": real.count},
        )
    ]


def frechet_at_infinity(comparison: Comparison) -> list[MetricValue]:
    """The Fréchet distance extrapolated to endless samples."""
    found = frechet_infinity(comparison.real_moments, comparison.some_fakes, points=POINTS, seed=comparison.seed)
    fakes = len(comparison.some_fakes)
    return [
        MetricValue(
            name=comparison.name(_stem(comparison, "fid", "frechet") + "-infinity", fakes=fakes),
            metric="fid-infinity",
            value=found.value,
            interval=student_interval(found.value, found.standard_error, freedom=POINTS - 2),
            better="lower",
            notes=("The interval is that of the straight line, not of the one set of samples it was drawn from.",),
            details={"slope": found.slope, "sizes": found.sizes, "distances": found.distances},
        )
    ]


def frechet_of_classes(comparison: Comparison) -> list[MetricValue]:
    """Per class and mean. The interval joins those of the classes."""
    classes = 1 + max(int(labels.max()) for labels in _labels(comparison))
    moments = []
    for side, labels in zip((comparison.real, comparison.fake), _labels(comparison), strict=True):
        stream = ClassMoments(classes)
        for numbers, features in side.chunks():
            stream.update(features, labels[numbers])
        moments.append(stream.compute())
    found = frechet_by_class(*moments)
    smallest = min(min(pair) for pair in found.counts)
    return [
        MetricValue(
            name=comparison.name(_stem(comparison, "fid", "frechet") + "-by-class"),
            metric="fid-by-class",
            value=found.mean,
            interval=_joint_interval(comparison, found.mean, moments[0], moments[1]),
            better="lower",
            notes=frechet_warnings(reals=smallest, fakes=smallest, features=comparison.real.width)[:1],
            details={"by_class": found.by_class, "worst": found.worst, "counts": found.counts},
        )
    ]


def _joint_interval(
    comparison: Comparison, mean: float, real: tuple[Moments | None, ...], fake: tuple[Moments | None, ...]
) -> Interval:
    """Classes are drawn independently, so the squared errors of their distances add up."""
    real_labels, fake_labels = _labels(comparison)
    errors = [
        frechet_estimate(
            r,
            f,
            real_sample=comparison.real.rows((real_labels == label).nonzero().flatten()),
            fake_sample=comparison.fake.rows((fake_labels == label).nonzero().flatten()),
        ).standard_error
        for label, (r, f) in enumerate(zip(real, fake, strict=True))
        if r is not None and f is not None and min(r.count, f.count) > 1
    ]
    around = normal_interval(mean, float(torch.tensor(errors).square().sum().sqrt()) / len(errors))
    return Interval(low=max(0.0, around.low), high=around.high, confidence=around.confidence)


def kernel(comparison: Comparison) -> list[MetricValue]:
    """KID where the features are the published ones: unbiased, so sets of any size compare."""
    found = kernel_distance(comparison.some_reals, comparison.some_fakes)
    stem = _stem(comparison, "kid", "kernel")
    return [
        MetricValue(
            name=comparison.name(stem, fakes=found.fakes, reals=found.reals),
            metric="kid",
            value=found.value,
            interval=normal_interval(found.value, found.standard_error),
            better="lower",
            details={"standard_error": found.standard_error, "reals": found.reals},
        )
    ]


def sliced(comparison: Comparison) -> list[MetricValue]:
    """Sliced Wasserstein distance of the samples' own values, no features between."""
    count = min(MOST_RAW, len(comparison.real), len(comparison.fake))
    rng = seeded_generator(comparison.seed)
    sides = [
        raw(samples, torch.randperm(len(samples), generator=rng)[:count]).flatten(1)
        for samples in (comparison.real_samples, comparison.fake_samples)
    ]
    pairs = torch.stack(sides, dim=1)
    value = sliced_wasserstein(pairs[:, 0], pairs[:, 1])
    error = jackknife_error(pairs, lambda some: sliced_wasserstein(some[:, 0], some[:, 1]))
    around = normal_interval(value, error)
    return [
        MetricValue(
            name=f"sliced-wasserstein{count}-{comparison.split}-values",
            metric="swd",
            value=value,
            interval=Interval(low=max(0.0, around.low), high=around.high, confidence=around.confidence),
            better="lower",
            notes=("Two sets of reals of this size are not at 0 either: compare it only with its like.",),
        )
    ]


def raw(samples: SampleSet, numbers: Indices) -> Samples:
    """Some samples, in pieces that a generator can make at a time."""
    return torch.cat([samples.at(part) for part in numbers.split(BATCH)])


def _labels(comparison: Comparison) -> tuple[torch.Tensor, torch.Tensor]:
    real, fake = comparison.real.labels, comparison.fake.labels
    assert real is not None  # the catalogue asks for them
    assert fake is not None
    return real, fake


def _stem(comparison: Comparison, published: str, otherwise: str) -> str:
    """The name that papers use is kept for the features that papers use."""
    return published if comparison.extractor.published else otherwise
