"""From what a person names (run folders, folders of images, data by name) to sets that can be measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from equipoise.core.errors import RunFolderError, SettingError
from equipoise.core.layout import RunLayout
from equipoise.data import ImageStore, Store, prepare
from equipoise.evaluation import GeneratedSet, SampleSet, StoredSet, labels_like
from equipoise.recipes.folder import read_recipe
from equipoise.recipes.load import Which, checkpoint_path, load
from equipoise.recipes.resolve import resolve_device
from equipoise.recipes.schema import DataSettings
from equipoise.training.retention import newest_first


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Subject:
    """A set to measure, what belongs to its protocol, and, of a checkpoint, how many images it was trained on."""

    samples: SampleSet
    about: dict[str, Any]
    run: str | None = None
    images: int | None = None


def is_run(target: str) -> bool:
    """Whether a run of ours lies there."""
    return RunLayout(Path(target)).recipe.is_file()


def reference_of(targets: Sequence[str], against: str | None, *, size: int | None) -> StoredSet:
    """All items of the data to compare with: those named, else what the first run was trained on.

    Raises:
        SettingError: nothing named, and no run to ask.
    """
    runs = [target for target in targets if is_run(target)]
    if against is None and not runs:
        raise SettingError(
            f"`--against` is missing: {targets[0]} is no run, so say which data to compare with, "
            "such as `equipoise evaluate SAMPLES --against REAL`."
        )
    settings = read_recipe(Path(runs[0])).data if runs else DataSettings()
    source = settings.source if against is None else against
    if not source:
        raise SettingError(f"The data of {runs[0]} was given from Python, and has no name: add `--against DATA`.")
    store = _prepared(source, settings, size=size)
    return StoredSet(name=_plain(source), store=store, indices=torch.arange(len(store)))


def split_seed_of(targets: Sequence[str]) -> int:
    """The seed by which the first run held out data; 0 where there is no run."""
    runs = [target for target in targets if is_run(target)]
    return read_recipe(Path(runs[0])).training.seed if runs else 0


def subjects_of(
    target: str, reference: StoredSet, *, checkpoints: Sequence[str], n: int, seed: int, device: str
) -> list[Subject]:
    """What `target` stands for: a stored set, or one generated set a checkpoint."""
    if not is_run(target):
        return [_stored(target, reference, n=n, seed=seed)]
    chosen = [one for name in checkpoints for one in _checkpoints(Path(target), name)]
    several = len(chosen) > 1
    return [_generated(target, one, reference, n=n, seed=seed, device=device, named=several) for one in chosen]


def _stored(target: str, reference: StoredSet, *, n: int, seed: int) -> Subject:
    """Items of a folder, fitted to the reference's size; `n` of them at random where there are more."""
    settings, shape = DataSettings(), reference.sample_shape
    if isinstance(reference.store, ImageStore):
        store = prepare(target, size=shape[1], channels=shape[0], fit=settings.fit)
    else:
        store = prepare(target)
    order = torch.randperm(len(store), generator=torch.Generator().manual_seed(seed))
    samples = StoredSet(name=_plain(target), store=store, indices=order[: min(n, len(store))].sort().values)
    return Subject(samples=samples, about={"subject_fingerprint": store.fingerprint, "notes": list(store.notes)})


def _generated(
    target: str, checkpoint: Which, reference: StoredSet, *, n: int, seed: int, device: str, named: bool
) -> Subject:
    layout = RunLayout(Path(target))
    generator = load(target, checkpoint=checkpoint, device=resolve_device(device))
    images = _images(layout, checkpoint)
    labels = None
    if generator.classes:
        known = reference.labels if reference.store.classes == generator.classes else None
        labels = generator.labels_for(n, None) if known is None else labels_like(known, n)
    name = _plain(target)
    samples = GeneratedSet(
        name=f"{name} @{images}" if named else name,
        generator=generator.module,
        latent_dim=generator.latent_dim,
        sample_shape=tuple(generator.sample_shape),
        count=n,
        seed=seed,
        labels=labels,
    )
    about = {"checkpoint": checkpoint, "images": images, "weights": "moving average", "truncation": None}
    return Subject(samples=samples, about=about, run=name, images=images)


def _checkpoints(run: Path, name: str) -> list[Which]:
    if name in ("last", "best"):
        return ["best"] if name == "best" else ["last"]
    if name == "all":
        return [int(path.stem) for path in reversed(newest_first(RunLayout(run).checkpoints))]
    if name.isdecimal():
        return [int(name)]
    raise SettingError(f"`--checkpoint` is {name!r}. There are: last, best, all, or a number of images.")


def _images(layout: RunLayout, checkpoint: Which) -> int | None:
    try:
        return int(checkpoint_path(layout, checkpoint).stem)
    except RunFolderError:  # the averaged generator was copied without its checkpoints
        return None


def _prepared(source: str, settings: DataSettings, *, size: int | None) -> Store:
    return prepare(
        source,
        size=size if size is not None else settings.size,
        channels=settings.channels,
        fit=settings.fit,
        allow_bad_share=settings.allow_bad_share,
    )


def _plain(source: str) -> str:
    return Path(source).name or source
