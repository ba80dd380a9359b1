"""The measures by name, and when each of them can be taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from equipoise.core.catalogue import entry
from equipoise.core.errors import SettingError
from equipoise.evaluation.comparison import Comparison
from equipoise.evaluation.distances import frechet, frechet_at_infinity, frechet_of_classes, kernel, sliced
from equipoise.evaluation.qualities import (
    BIRTHDAY_BATCH,
    NEIGHBOURS,
    SPLITS,
    inception_score,
    memorised,
    modes,
    neighbours,
    obedience,
    variety,
)
from equipoise.evaluation.result import Better, MetricValue

Obstacle = str | None
"""Why a measure cannot be taken, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How to take a measure, what may be in its way, which metrics come of it, and whether it is taken unasked."""

    take: Callable[[Comparison], list[MetricValue]]
    obstacle: Callable[[Comparison], Obstacle]
    gives: Mapping[str, Better]
    usual: bool = True


def _always(comparison: Comparison) -> Obstacle:
    few = min(len(comparison.real), len(comparison.fake))
    return None if few > 1 else f"a set has only {few} sample"


def _enough_for_neighbours(comparison: Comparison) -> Obstacle:
    few = min(len(comparison.real), len(comparison.fake))
    return None if few > NEIGHBOURS else f"a set has only {few} samples, and each needs {NEIGHBOURS} neighbours"


def _enough_for_a_line(comparison: Comparison) -> Obstacle:
    needed = comparison.real.width + 16
    return None if len(comparison.fake) >= needed else f"it needs {needed} samples or more (`--n`)"


def _probabilities(comparison: Comparison) -> Obstacle:
    if comparison.fake.probabilities is None:
        return f"features `{comparison.extractor.name}` know no classes: take `inception` or `classifier`"
    return None if len(comparison.fake) >= SPLITS else f"it needs {SPLITS} samples or more"


def _both_labelled(comparison: Comparison) -> Obstacle:
    if comparison.real.labels is None:
        return "the reference has no classes"
    return "the samples have no classes" if comparison.fake.labels is None else None


def _classifier_of_these_classes(comparison: Comparison) -> Obstacle:
    if (obstacle := _both_labelled(comparison)) is not None:
        return obstacle
    if comparison.extractor.published or comparison.fake.probabilities is None:
        return "it needs `--features classifier`, which knows the classes of the data"
    return None


def _known_training(comparison: Comparison) -> Obstacle:
    if comparison.training is None or comparison.held_out is None:
        return "it needs the whole reference (`--split full`) with at least 64 items"
    return None


def _mixture(comparison: Comparison) -> Obstacle:
    return None if comparison.mixture is not None else "the modes of the data are not known"


def _batches(comparison: Comparison) -> Obstacle:
    few = min(len(comparison.real), len(comparison.fake))
    needed = 20 * BIRTHDAY_BATCH
    return None if few >= needed else f"it needs {needed:,} samples and reals or more"


MEASURES = {
    "fid": Measure(take=frechet, obstacle=_always, gives={"fid": "lower"}),
    "kid": Measure(take=kernel, obstacle=_always, gives={"kid": "lower"}),
    "is": Measure(take=inception_score, obstacle=_probabilities, gives={"is": "higher"}),
    "prdc": Measure(
        take=neighbours,
        obstacle=_enough_for_neighbours,
        gives={"precision": "higher", "recall": "higher", "density": "near 1", "coverage": "higher"},
    ),
    "memorisation": Measure(take=memorised, obstacle=_known_training, gives={"memorisation": "near 0.05"}),
    "accuracy": Measure(take=obedience, obstacle=_classifier_of_these_classes, gives={"accuracy": "higher"}),
    "modes": Measure(
        take=modes, obstacle=_mixture, gives={"modes": "higher", "high-quality": "higher", "mode-kl": "lower"}
    ),
    "fid-by-class": Measure(
        take=frechet_of_classes, obstacle=_both_labelled, gives={"fid-by-class": "lower"}, usual=False
    ),
    "fid-infinity": Measure(
        take=frechet_at_infinity, obstacle=_enough_for_a_line, gives={"fid-infinity": "lower"}, usual=False
    ),
    "swd": Measure(take=sliced, obstacle=_always, gives={"swd": "lower"}, usual=False),
    "variety": Measure(take=variety, obstacle=_batches, gives={"variety": "higher"}, usual=False),
}


def require_measures(comparison: Comparison, names: tuple[str, ...]) -> None:
    """Raise unless every named measure can be taken.

    Raises:
        SettingError: an unknown name, or a measure that cannot be taken, with the reason.
    """
    for name in names:
        obstacle = entry(MEASURES, name, argument="--metrics").obstacle(comparison)
        if obstacle is not None:
            raise SettingError(f"`--metrics {name}` cannot be measured here: {obstacle}.")


def take_measures(comparison: Comparison, names: tuple[str, ...] = ()) -> list[MetricValue]:
    """The named measures, or the usual ones that can be taken; raises as `require_measures`."""
    require_measures(comparison, names)
    usual = (name for name, measure in MEASURES.items() if measure.usual and measure.obstacle(comparison) is None)
    return [value for name in names or usual for value in MEASURES[name].take(comparison)]
