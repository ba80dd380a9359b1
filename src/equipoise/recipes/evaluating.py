"""Metrics of the samples while a run goes on: the same latents and the same reals every time.

Nothing of the run is changed by it: the weights are the same to the bit with evaluations and without.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.core.types import Labels
from equipoise.data import PointStore, ShowProgress
from equipoise.evaluation import (
    Chosen,
    FeatureExtractor,
    GeneratedSet,
    MetricValue,
    SampleSet,
    StoredSet,
    choose_features,
    labels_like,
)
from equipoise.evaluation.catalogue import require_measures, take_measures
from equipoise.evaluation.comparison import Comparison
from equipoise.evaluation.features import FeatureSet, features_of
from equipoise.evaluation.result import counted
from equipoise.recipes.schema import TrainingSettings
from equipoise.recipes.selection import signal_name
from equipoise.recipes.setup import Setup
from equipoise.training.loop import Evaluated
from equipoise.training.state import TrainState

EVALUATION_STREAM = 4


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class RunEvaluation:
    """Measures the averaged generator of a run. `real` are the features of `reference`."""

    chosen: Chosen
    reference: StoredSet
    real: FeatureSet
    metrics: tuple[str, ...]
    latent_dim: int
    labels: Labels | None
    seed: int
    cache: Path | None

    def __call__(self, state: TrainState) -> Evaluated:
        """All metrics of one set of samples."""
        began = time.monotonic()
        samples = GeneratedSet(
            name="samples",
            generator=state.averaged_generator,
            latent_dim=self.latent_dim,
            sample_shape=self.reference.sample_shape,
            count=len(self.reference),
            seed=self.seed,
            labels=self.labels,
        )
        with features_of(samples, self.chosen.extractor, cache=self.cache, progress=_silent) as fake:
            values = take_measures(self._comparison(fake, samples), self.metrics)
        return _told(values, self.chosen.extractor, state.images_seen, time.monotonic() - began)

    def require_measurable(self) -> None:
        """Raise SettingError unless every metric can be taken of as many samples as there are reals."""
        like_samples = replace(self.real, labels=self.labels)
        require_measures(self._comparison(like_samples, self.reference), self.metrics)

    def _comparison(self, fake: FeatureSet, samples: SampleSet) -> Comparison:
        return Comparison(
            real=self.real,
            fake=fake,
            real_samples=self.reference,
            fake_samples=samples,
            extractor=self.chosen.extractor,
            split=f"training{counted(len(self.reference))}",
            seed=self.seed,
            mixture=self.reference.store.mixture if isinstance(self.reference.store, PointStore) else None,
        )


def run_evaluation(
    setup: Setup, *, cache: Path | None = None, progress: ShowProgress | None = None
) -> RunEvaluation | None:
    """What the recipe asks to evaluate by; None where it asks for nothing.

    The reference is as many training examples as samples are drawn, chosen by the run's seed.

    Raises:
        SettingError: unknown metrics, or some that cannot be taken of this data by these features.
        DataError: features that cannot be had.
    """
    training = setup.recipe.training
    if training.evaluate_every is None:
        return None
    features = training.evaluate_features
    assert features is not None  # `set_up` has chosen some
    seed = derived_seed(training.seed, EVALUATION_STREAM)
    reference = _reference(setup, training, seed)
    chosen = choose_features(features, setup.store, device=training.device, cache=cache, progress=progress)
    with features_of(reference, chosen.extractor, cache=cache, progress=progress) as real:
        evaluation = RunEvaluation(
            chosen=chosen,
            reference=reference,
            real=real,
            metrics=training.evaluate_metrics,
            latent_dim=setup.recipe.generator.latent_dim,
            labels=_labels(setup, len(reference)),
            seed=seed,
            cache=cache,
        )
    evaluation.require_measurable()
    return evaluation


def _reference(setup: Setup, training: TrainingSettings, seed: int) -> StoredSet:
    order = torch.randperm(len(setup.training_indices), generator=seeded_generator(seed))
    some = setup.training_indices[order[: training.evaluate_samples]].sort().values
    return StoredSet(name="the reference", store=setup.store, indices=some)


def _labels(setup: Setup, count: int) -> Labels | None:
    """The classes to ask for, in the data's own proportions."""
    if setup.recipe.conditioning == "none" or setup.store.labels is None:
        return None
    return labels_like(setup.store.labels, count)


def _told(values: list[MetricValue], extractor: FeatureExtractor, images: int, seconds: float) -> Evaluated:
    signals = {signal_name(value.metric, extractor): value.value for value in values}
    short = "  ".join(f"{name.removeprefix('quality/')} {value:.4g}" for name, value in signals.items())
    return Evaluated(
        signals=signals,
        details={
            "metrics": {value.name: _with_interval(value) for value in values},
            "features": extractor.name,
            "took_seconds": round(seconds, 3),
        },
        words=f"Evaluated at {images:,} images in {seconds:.1f} s:  {short}",
    )


def _with_interval(value: MetricValue) -> Mapping[str, float | None]:
    interval = value.interval
    return {
        "value": value.value,
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
    }


def _silent(done: int, total: int) -> None:
    """No bar for every evaluation: the run has its own."""
    del done, total
