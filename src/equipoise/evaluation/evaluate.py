"""One set of samples against one reference: features once, then every measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise.core.errors import SettingError
from equipoise.data import PointStore, ShowProgress
from equipoise.evaluation.catalogue import take_measures
from equipoise.evaluation.choose import Chosen
from equipoise.evaluation.comparison import Comparison
from equipoise.evaluation.extractor import FeatureExtractor
from equipoise.evaluation.features import features_of
from equipoise.evaluation.result import Evaluation
from equipoise.evaluation.sets import SampleSet, Split, StoredSet, split_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is to be measured of every subject alike.

    `split` says which items of the data count: all (`full`), or what a run with `split_seed` trains on or holds out.
    `metrics` are names of `MEASURES`, none for the usual ones. `seed` decides the draws where not all samples are
    looked at.
    """

    split: Split = "full"
    split_seed: int = 0
    metrics: tuple[str, ...] = ()
    seed: int = 0


def evaluate_set(
    samples: SampleSet,
    reference: StoredSet,
    chosen: Chosen,
    question: Question,
    *,
    about: Mapping[str, Any] | None = None,
    cache: Path | None = None,
    progress: ShowProgress | None = None,
) -> Evaluation:
    """Measure `samples` against a split of `reference`, which is all of a store.

    Args:
        samples: what is judged.
        reference: all items of the data.
        chosen: the features, and what to say of them.
        question: the split, the metrics and the seed.
        about: what else belongs to the protocol: checkpoint, averaging, truncation.
        cache: where the reference's features lie; None takes `cache_folder()`.
        progress: called with (done, total) instead of showing a bar.

    Raises:
        SettingError: samples and reference of different shape, or a metric that cannot be taken.
    """
    _require_same_shape(samples, reference)
    extractor, store = chosen.extractor, reference.store
    target = split_of(store, reference.name, split=question.split, seed=question.split_seed)
    training, held_out = store.split_held_out(question.split_seed)
    whole = question.split == "full" and len(held_out) > 0
    with (
        features_of(target, extractor, cache=cache, progress=progress) as real,
        features_of(samples, extractor, cache=cache, progress=progress) as fake,
    ):
        comparison = Comparison(
            real=real,
            fake=fake,
            real_samples=target,
            fake_samples=samples,
            extractor=extractor,
            split=question.split,
            seed=question.seed,
            training=training if whole else None,
            held_out=held_out if whole else None,
            mixture=store.mixture if isinstance(store, PointStore) else None,
        )
        values = take_measures(comparison, question.metrics)
    return Evaluation(
        subject=samples.name,
        reference=reference.name,
        protocol={**_protocol(samples, target, extractor, question), **(about or {})},
        values=tuple(values),
        notes=chosen.notes,
    )


def _require_same_shape(samples: SampleSet, reference: StoredSet) -> None:
    if samples.sample_shape != reference.sample_shape:
        raise SettingError(
            f"{samples.name} has samples of {samples.sample_shape}, {reference.name} of {reference.sample_shape}: "
            "only like can be compared with like. Choose the data that it was made from."
        )


def _protocol(samples: SampleSet, target: StoredSet, extractor: FeatureExtractor, question: Question) -> dict[str, Any]:
    """All that decides the numbers. Images are measured as they lie on a disk: at whole 8-bit levels."""
    return {
        "samples": len(samples),
        "reals": len(target),
        "split": question.split,
        "split_seed": question.split_seed,
        "sample_shape": samples.sample_shape,
        "eight_bit": len(samples.sample_shape) == 3,
        "seed": question.seed,
        "features": _told(extractor),
        "reference_fingerprint": target.store.fingerprint,
    }


def _told(extractor: FeatureExtractor) -> dict[str, Any]:
    fields = ("name", "digest", "dimension", "classes", "handling", "published")
    return {field: getattr(extractor, field) for field in fields}
