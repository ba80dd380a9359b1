"""Which features to measure with."""

from dataclasses import dataclass
from pathlib import Path

import torch

from equipoise.core.errors import SettingError
from equipoise.data import ImageStore, ShowProgress, Store
from equipoise.evaluation.classifier import classifier_extractor
from equipoise.evaluation.classifier_training import classifier_of, is_trained
from equipoise.evaluation.extractor import FeatureExtractor
from equipoise.evaluation.inception import inception_extractor
from equipoise.evaluation.inception_weights import cached_weights, find_weights
from equipoise.evaluation.own import OwnFeatures, imported, own_extractor
from equipoise.evaluation.pixels import pixel_extractor

NAMES = ("auto", "inception", "classifier", "pixels")

NOT_PUBLISHED = "These numbers compare your own sets with each other; they do not compare with published scores."


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """An extractor, and what a reader must know of the choice."""

    extractor: FeatureExtractor
    notes: tuple[str, ...]


def choose_features(
    features: str | OwnFeatures,
    reference: Store,
    *,
    weights: Path | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
    cache: Path | None = None,
    progress: ShowProgress | None = None,
) -> Chosen:
    """The extractor that `features` names.

    `auto` takes Inception where its weights are at hand (it downloads nothing), else a classifier where the reference
    has classes, else pixels; which one it was, and why, stands in the notes.

    Raises:
        SettingError: an unknown name, or features that this data cannot give.
        DataError: Inception was asked for and its weights cannot be had.
    """
    if not isinstance(features, str):
        return _own(features, None, reference, device)
    if ":" in features:
        name, function = imported(features)
        return _own(function, name, reference, device)
    if features not in NAMES:
        raise SettingError(
            f"`--features` is {features!r}. There are: {', '.join(NAMES)}, or module:function of your own."
        )
    kind, reason = (features, None) if features != "auto" else _automatic(reference, weights)
    if kind == "inception":
        _require_images(reference)
        extractor = inception_extractor(find_weights(weights, progress=progress), device=device)
        notes = () if extractor.published else (f"`--weights` is not the published file. {NOT_PUBLISHED}",)
        return Chosen(extractor=extractor, notes=notes)
    if kind == "classifier":
        trained = classifier_of(reference, seed=seed, cache=cache, progress=progress)
        low, high = trained.record.interval.low, trained.record.interval.high
        words = (
            f"The classifier is right on {trained.record.accuracy:.1%} ({low:.1%} to {high:.1%}) of "
            f"{trained.record.held_out:,} images held out from the reference."
        )
        extractor = classifier_extractor(trained.network, digest=trained.record.digest, device=device)
        return Chosen(extractor=extractor, notes=_joined(reason, words, NOT_PUBLISHED))
    return Chosen(extractor=pixel_extractor(reference.sample_shape), notes=_joined(reason, NOT_PUBLISHED))


def features_at_hand(reference: Store, *, cache: Path | None = None) -> str:
    """The best features that need no setting up: nothing is downloaded and no classifier is trained for them."""
    if isinstance(reference, ImageStore) and cached_weights().exists():
        return "inception"
    return "classifier" if is_trained(reference, cache=cache) else "pixels"


def _automatic(reference: Store, weights: Path | None) -> tuple[str, str | None]:
    """The features to take, and what to say of it."""
    if not isinstance(reference, ImageStore):
        return "pixels", None
    if weights is not None or cached_weights().exists():
        return "inception", None
    instead = "classifier" if reference.classes is not None and len(reference.classes) > 1 else "pixels"
    return instead, (
        f"Measured with `{instead}` features, for the Inception weights are not on this machine: "
        "`--features inception` fetches them (91 MiB, once), or tells how to get them."
    )


def _joined(*notes: str | None) -> tuple[str, ...]:
    return tuple(note for note in notes if note is not None)


def _own(function: OwnFeatures, name: str | None, reference: Store, device: torch.device | str) -> Chosen:
    extractor = own_extractor(function, reference.sample_shape, name=name, device=device)
    return Chosen(extractor=extractor, notes=(NOT_PUBLISHED,))


def _require_images(reference: Store) -> None:
    if not isinstance(reference, ImageStore):
        raise SettingError("`--features inception` needs images, but this data holds points: take `--features pixels`.")
