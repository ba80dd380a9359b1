"""A trained generator, ready to use: weights from safetensors, everything else from JSON. Nothing is unpickled."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from equipoise.core.errors import CheckpointError, RunFolderError, SettingError
from equipoise.core.layout import RunLayout
from equipoise.core.types import Labels, Samples
from equipoise.networks import GeneratorSpec, build_generator
from equipoise.recipes.assemble import generator_spec
from equipoise.recipes.folder import read_json
from equipoise.recipes.resolve import resolve_device
from equipoise.recipes.setup import Setup
from equipoise.sampling import generate
from equipoise.training.checkpoint import read_module
from equipoise.training.retention import best_checkpoint, newest_first

FORMAT: Literal["equipoise generator 1"] = "equipoise generator 1"

Label = str | int
Which = Literal["last", "best"] | int
"""The newest, the best by the selection metric, or the one saved at that many images."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorFile:
    """What `generator.json` says: enough to build the network and to name its classes. `spec` is None for your own."""

    format: Literal["equipoise generator 1"]
    recipe: str
    latent_dim: int
    sample_shape: tuple[int, ...]
    classes: tuple[str, ...]
    spec: GeneratorSpec | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedGenerator:
    """A generator with what it needs to be called by people. `classes` is empty where it is unconditional."""

    module: nn.Module
    latent_dim: int
    sample_shape: tuple[int, ...]
    classes: tuple[str, ...]

    def sample(
        self, n: int, *, label: Label | Sequence[Label] | None = None, seed: int = 0, batch: int = 256
    ) -> Samples:
        """`(n, *sample_shape)` on the CPU, images in [-1, 1]; the same `seed` gives the same samples.

        `label` is a class by name or number, or a sequence of them, each of which gets an equal share of `n` in order.
        Without one, a conditional generator goes round all its classes.

        Raises:
            SettingError: `n` below 1, a label unknown to it, or a label asked of an unconditional generator.
        """
        if n < 1:
            raise SettingError(f"`n` is {n}; ask for at least 1 sample.")
        labels = self.labels_for(n, label)
        return generate(self.module, n, latent_dim=self.latent_dim, labels=labels, seed=seed, batch=batch)

    def labels_for(self, n: int, label: Label | Sequence[Label] | None) -> Labels | None:
        """One class number a sample, in the order of the request, or None for an unconditional generator."""
        if not self.classes:
            if label is not None:
                raise SettingError(
                    f"`label` is {label!r}, but this generator is unconditional: it was trained without classes. "
                    "Leave the label out, or train the recipe `cgan` on data with classes."
                )
            return None
        if label is None:
            return torch.arange(n) * len(self.classes) // n if n >= len(self.classes) else torch.arange(n)
        wanted = [label] if isinstance(label, str | int) else list(label)
        if not wanted:
            raise SettingError("`label` is an empty list. Name at least one class, or leave it out for all of them.")
        numbers = torch.tensor([self.class_number(one) for one in wanted])
        return numbers[torch.arange(n) * len(numbers) // n] if n >= len(numbers) else numbers[:n]

    def class_number(self, label: Label) -> int:
        """The number of a class given by name or number. A name wins over a number of the same spelling."""
        if isinstance(label, str) and label in self.classes:
            return self.classes.index(label)
        if str(label).isdecimal() and int(label) < len(self.classes):
            return int(label)
        near = get_close_matches(str(label), self.classes, n=3)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise SettingError(
            f"`label` is {label!r}, which is no class of this generator. {hint}"
            f"There are: {', '.join(self.classes)} (or 0 to {len(self.classes) - 1})."
        )


def load(
    run: str | Path, *, checkpoint: Which = "last", generator: nn.Module | None = None, device: str = "cpu"
) -> TrainedGenerator:
    """The averaged generator of a run, in evaluation mode.

    Args:
        run: the run's folder.
        checkpoint: `last`, `best` by the selection metric, or the number of images it was saved at.
        generator: the module of your own that the run was trained with, if it was; it is filled and returned.
        device: where to put it.

    Raises:
        RunFolderError: no run there, or it has saved nothing yet.
        CheckpointError: damaged weights.
        SettingError: a run with a generator of your own, which was not given.
    """
    layout = RunLayout(Path(run))
    config = _read_config(layout.generator_config)
    module = generator if generator is not None else _built(config)
    if checkpoint != "last":
        _fill_from(checkpoint_path(layout, checkpoint), module)
    else:
        _fill(layout.generator_weights, module)
    return TrainedGenerator(
        module=module.to(resolve_device(device)).eval(),
        latent_dim=config.latent_dim,
        sample_shape=config.sample_shape,
        classes=config.classes,
    )


def generator_config(setup: Setup) -> dict[str, object]:
    """The content of `generator.json`, see `GeneratorFile`."""
    own = setup.recipe.generator.architecture == "own"
    conditional = setup.recipe.conditioning != "none"
    return asdict(
        GeneratorFile(
            format=FORMAT,
            recipe=setup.recipe.name,
            latent_dim=setup.recipe.generator.latent_dim,
            sample_shape=setup.facts.sample_shape,
            classes=setup.store.classes or () if conditional else (),
            spec=None if own else generator_spec(setup.recipe, setup.facts),
        )
    )


def _read_config(path: Path) -> GeneratorFile:
    try:
        return TypeAdapter(GeneratorFile).validate_python(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RunFolderError(f"{path} is damaged or of another version: `{where}`: {first['msg']}.") from error


def _built(config: GeneratorFile) -> nn.Module:
    if config.spec is None:
        raise SettingError(
            "This run was trained with a generator of your own: pass it, `eq.load(run, generator=YourModule())`."
        )
    return build_generator(config.spec)


def _fill(path: Path, module: nn.Module) -> None:
    try:
        module.load_state_dict(load_file(path))
    except FileNotFoundError as error:
        raise RunFolderError(f"{path.parent} has saved no generator yet. Train it first, or wait a minute.") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"{path} is truncated or damaged ({error}). Use checkpoint='best', or resume the run, which writes it anew."
        ) from error
    except RuntimeError as error:
        raise CheckpointError(f"{path} does not fit this network: {error}") from error


def checkpoint_path(layout: RunLayout, checkpoint: Which) -> Path:
    """The file of a checkpoint.

    Raises:
        RunFolderError: there is none; the message names those there are.
    """
    kept = sorted(newest_first(layout.checkpoints))
    found = best_checkpoint(layout.checkpoints) if checkpoint == "best" else None
    if checkpoint == "last":
        found = kept[-1] if kept else None
    elif checkpoint != "best":
        found = next((path for path in kept if int(path.stem) == checkpoint), None)
    if found is None:
        there = ", ".join(f"{int(path.stem)}" for path in kept) or "none yet"
        raise RunFolderError(f"{layout.checkpoints} has no checkpoint {checkpoint!r}. Kept are: {there}.")
    return found


def _fill_from(path: Path, module: nn.Module) -> None:
    try:
        read_module(path, module)
    except RuntimeError as error:
        raise CheckpointError(f"{path} does not fit this network: {error}") from error
