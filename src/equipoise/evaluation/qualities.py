"""Measures of single qualities: sharpness, coverage, originality, obedience, variety."""

import torch

from equipoise.evaluation.comparison import Comparison
from equipoise.evaluation.distances import raw
from equipoise.evaluation.result import ClosestPair, MetricValue
from equipoise.metrics import (
    NO_MODE,
    InceptionScoreStream,
    Interval,
    Memorisation,
    NearestTraining,
    ObedienceCounts,
    jackknife_error,
    memorisation_of_searches,
    mode_coverage,
    nearest_mode,
    normal_interval,
    precision_recall_density_coverage,
    student_interval,
    support_size,
    wilson_interval,
)
from equipoise.metrics.distances import nearest_others

NEIGHBOURS = 5
CLOSEST_SHOWN = 16
MOST_SEARCHED = 2000
"""Samples whose nearest training example is looked for among all training data."""

BIRTHDAY_BATCH = 100
SIGMAS = 3.0
SPLITS = 10


def inception_score(comparison: Comparison) -> list[MetricValue]:
    """Of the extractor's own classes."""
    probabilities = comparison.fake.probabilities
    assert probabilities is not None  # the catalogue asks for them
    stream = InceptionScoreStream(classes=probabilities.shape[1], splits=SPLITS)
    for numbers, _ in comparison.fake.chunks():
        stream.update(torch.from_numpy(probabilities[numbers.numpy()]), numbers=numbers)
    score = stream.compute()
    assert score.standard_error is not None
    return [
        MetricValue(
            name="-".join((f"is{comparison.name('')}".split("-")[0], comparison.extractor.name)),
            metric="is",
            value=score.value,
            interval=student_interval(score.value, score.standard_error, freedom=SPLITS - 1),
            better="higher",
            details={"standard_deviation": score.standard_deviation, "splits": SPLITS},
        )
    ]


def neighbours(comparison: Comparison) -> list[MetricValue]:
    """Precision, recall, density, coverage."""
    found = precision_recall_density_coverage(comparison.some_reals, comparison.some_fakes, neighbours=NEIGHBOURS)
    parts = (
        ("precision", found.precision, _share(found.precision, found.fakes)),
        ("recall", found.recall, _share(found.recall, found.reals)),
        ("density", found.density, normal_interval(found.density, found.density_error)),
        ("coverage", found.coverage, _share(found.coverage, found.reals)),
    )
    return [
        MetricValue(
            name=comparison.name(part, fakes=found.fakes, reals=found.reals, extra=f"k{NEIGHBOURS}"),
            metric=part,
            value=value,
            interval=interval,
            better="near 1" if part == "density" else "higher",
            details={"reals": found.reals, "neighbours": NEIGHBOURS},
        )
        for part, value, interval in parts
    ]


def found_memorisation(comparison: Comparison) -> Memorisation:
    """Of the first samples, against training data and what was held out of it."""
    assert comparison.training is not None  # the catalogue asks for both
    assert comparison.held_out is not None
    some = torch.arange(min(MOST_SEARCHED, len(comparison.fake)))
    of_samples = NearestTraining(comparison.fake.rows(some))
    of_held_out = NearestTraining(comparison.real.rows(comparison.held_out))
    for part in comparison.training.split(2048):
        rows = comparison.real.rows(part)
        of_samples.update(rows)
        of_held_out.update(rows)
    return memorisation_of_searches(of_samples, of_held_out, closest=CLOSEST_SHOWN)


def memorised(comparison: Comparison) -> list[MetricValue]:
    """Share of samples suspiciously near to a training example, with the closest pairs."""
    found = found_memorisation(comparison)
    pairs = [ClosestPair(sample=p.sample, training=p.training, distance=p.distance) for p in found.closest]
    return [
        MetricValue(
            name=comparison.name("memorisation", fakes=found.samples, reals=found.training),
            metric="memorisation",
            value=found.share_nearer,
            interval=found.interval,
            better="near 0.05",
            notes=(
                f"Held-out reals score {found.quantile:.2f} by definition. A share well above that means samples "
                "nearer to training data than unseen reals are: look at the sheet of the closest pairs.",
            ),
            details={"ratio": found.ratio, "held_out": found.held_out, "limit": found.limit, "closest": pairs},
        )
    ]


def obedience(comparison: Comparison) -> list[MetricValue]:
    """Share of conditional samples in which the classifier reads the class that was asked for."""
    probabilities, asked, classes = comparison.fake.probabilities, comparison.fake.labels, comparison.extractor.classes
    assert probabilities is not None  # the catalogue asks for all three
    assert asked is not None
    assert classes is not None
    stream = ObedienceCounts(classes)
    for numbers, _ in comparison.fake.chunks():
        stream.update(predicted=torch.from_numpy(probabilities[numbers.numpy()]).argmax(dim=1), asked=asked[numbers])
    found = stream.compute()
    return [
        MetricValue(
            name="-".join((f"accuracy{comparison.name('')}".split("-")[0], comparison.extractor.name)),
            metric="accuracy",
            value=found.share,
            interval=found.interval,
            better="higher",
            notes=("Its ceiling is the classifier's own accuracy on reals.",),
            details={"chance": found.chance, "by_class": [one.share for one in found.by_class]},
        )
    ]


def modes(comparison: Comparison) -> list[MetricValue]:
    """Modes reached, share of high quality, and evenness, for mixtures whose modes are known."""
    mixture = comparison.mixture
    assert mixture is not None  # the catalogue asks for it
    points = raw(comparison.fake_samples, torch.arange(len(comparison.fake)))
    centres = torch.from_numpy(mixture.centres.copy())
    found = nearest_mode(points, centres, reach=SIGMAS * mixture.standard_deviation)
    coverage, count = mode_coverage(found, len(centres)), comparison.name("").split("-")[0]
    values = [
        MetricValue(
            name=f"modes{count}",
            metric="modes",
            value=float(coverage.covered),
            interval=None,
            better="higher",
            notes=(f"of {coverage.modes}; a mode counts from one sample on",),
            details={"counts": coverage.counts},
        ),
        MetricValue(
            name=f"high-quality{count}-{SIGMAS:g}sd",
            metric="high-quality",
            value=coverage.assigned_share,
            interval=coverage.assigned_interval,
            better="higher",
        ),
    ]
    if coverage.reverse_kl is not None:
        error = jackknife_error(found.double(), lambda some: _reverse_kl(some.long(), coverage.modes))
        around = normal_interval(coverage.reverse_kl, error)
        values.append(
            MetricValue(
                name=f"mode-kl{count}",
                metric="mode-kl",
                value=coverage.reverse_kl,
                interval=Interval(low=max(0.0, around.low), high=around.high, confidence=around.confidence),
                better="lower",
                details={"expected_of_a_perfect_generator": coverage.expected_kl},
            )
        )
    return values


def variety(comparison: Comparison) -> list[MetricValue]:
    """Birthday-paradox estimate of how many different things there are.

    Two samples are alike if they are nearer than the nearest two are in one of twenty batches of reals.
    """
    reals, fakes = comparison.some_reals, comparison.some_fakes
    least = torch.stack([nearest_others(batch).min() for batch in reals.split(BIRTHDAY_BATCH) if len(batch) > 1])
    distance = float(least.quantile(0.05))
    found = support_size(fakes, batch_size=BIRTHDAY_BATCH, distance=distance)
    known = found.estimate is not None and found.at_most is not None
    bounds = Interval(low=found.at_least, high=found.at_most or found.at_least, confidence=found.confidence)
    return [
        MetricValue(
            name=comparison.name("variety", fakes=len(fakes), reals=len(reals), extra=f"batch{BIRTHDAY_BATCH}"),
            metric="variety",
            value=found.estimate if found.estimate is not None else found.at_least,
            interval=bounds if known else None,
            better="higher",
            notes=() if known else ("Only a lower bound: too few batches held two samples alike.",),
            details={"with_duplicate": found.with_duplicate, "batches": found.batches, "distance": distance},
        )
    ]


def _share(share: float, total: int) -> Interval:
    return wilson_interval(round(share * total), total)


def _reverse_kl(found: torch.Tensor, modes: int) -> float:
    if bool((found == NO_MODE).all()):
        return 0.0
    value = mode_coverage(found, modes).reverse_kl
    return 0.0 if value is None else value
