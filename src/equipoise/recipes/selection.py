"""By which number the best checkpoint is chosen, and the stop adviser judges."""

from equipoise.core.catalogue import entry
from equipoise.core.errors import SettingError
from equipoise.evaluation import MEASURES, FeatureExtractor
from equipoise.recipes.schema import TrainingSettings
from equipoise.training.plan import Selection

LOOKS = Selection()
"""What the looks of every run measure."""

ABOVE_ZERO = ("fid", "fid-infinity", "fid-by-class", "swd", LOOKS.signal)
"""Distances with a logarithm, which the stop adviser needs. An unbiased one such as kid falls below 0."""


def chosen_selection(training: TrainingSettings) -> str:
    """The name in force: the one asked for, else the first of the metrics, else the distance of the looks.

    Raises:
        SettingError: unknown metrics, or a name that nothing measures, or that the stop adviser cannot judge by.
    """
    offered = [*(_directions(training) if training.evaluate_every is not None else ()), LOOKS.signal]
    name = offered[0] if training.selection is None else training.selection
    if name not in offered:
        hint = "" if training.evaluate_every is not None else " More are, with --evaluate-every N."
        raise SettingError(
            f"`training.selection` is {name!r}, which this run does not measure. There are: {', '.join(offered)}.{hint}"
        )
    if training.stop_when_done and name not in ABOVE_ZERO:
        raise SettingError(
            f"`training.stop_when_done` cannot judge by {name}: it needs a distance that stays above 0. "
            f"Choose one as `training.selection` (--best-by): {', '.join(ABOVE_ZERO)}."
        )
    return name


def selection_of(training: TrainingSettings, extractor: FeatureExtractor | None) -> Selection:
    """The signal that a resolved `training.selection` names; `extractor` is None where nothing is evaluated."""
    name = training.selection
    if extractor is None or name is None or name == LOOKS.signal:
        return LOOKS
    return Selection(signal=signal_name(name, extractor), higher_is_better=_directions(training)[name] == "higher")


def signal_name(metric: str, extractor: FeatureExtractor) -> str:
    """`quality/fid`; on features that papers do not use `quality/frechet`, and `quality/kernel` instead of kid."""
    if not extractor.published:
        metric = metric.replace("fid", "frechet").replace("kid", "kernel")
    return "quality/" + metric.replace("-", "_")


def _directions(training: TrainingSettings) -> dict[str, str]:
    """The metrics that will be evaluated and can be better or worse, and which way is better."""
    measures = [entry(MEASURES, name, argument="training.evaluate_metrics") for name in training.evaluate_metrics]
    given = {name: better for measure in measures for name, better in measure.gives.items()}
    return {name: better for name, better in given.items() if better in ("lower", "higher")}
