"""Everything that can be known before the first step: data, networks, and whether they fit together."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from equipoise.core.errors import DataError
from equipoise.core.processes import ALONE, Processes
from equipoise.data import SOURCE_NAMES, PointSource, Sampler, SourceLike, Store, native_size, open_source, prepare
from equipoise.evaluation import features_at_hand
from equipoise.recipes.assemble import Players, build_players, fingerprint, make_game
from equipoise.recipes.distribute import on_own_device, require_shares, spanning
from equipoise.recipes.resolve import DataFacts, image_size, resolve
from equipoise.recipes.schema import Recipe
from equipoise.training.feed import Feed
from equipoise.training.game import Game


@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """A run that could begin."""

    recipe: Recipe
    facts: DataFacts
    store: Store
    training_indices: torch.Tensor
    held_out_indices: torch.Tensor
    players: Players
    game: Game
    fingerprint: str
    processes: Processes = ALONE

    def feed(self) -> Feed:
        """The stream of real batches, on the recipe's device."""
        return Feed(
            store=self.store,
            sampler=Sampler(self.training_indices, seed=self.recipe.training.seed),
            batch_size=self.recipe.training.batch_size,
            device=torch.device(self.recipe.training.device),
            conditional=self.recipe.conditioning != "none",
            processes=self.processes,
        )


def set_up(
    recipe: Recipe,
    source: SourceLike,
    *,
    generator: nn.Module | None = None,
    discriminator: nn.Module | None = None,
    cache: Path | None = None,
    processes: Processes = ALONE,
) -> Setup:
    """Open and prepare the data, resolve the recipe, build and check both networks.

    With several processes each gets a device of its own, and batch normalisation that spans them all.

    Raises:
        EquipoiseError: whatever is wrong with the source, the settings or a network, before time is spent on training.
    """
    if generator is not None:
        recipe = replace(recipe, generator=replace(recipe.generator, architecture="own"))
    if discriminator is not None:
        recipe = replace(recipe, discriminator=replace(recipe.discriminator, architecture="own"))
    store, data_key = _prepared(recipe, source, cache)
    training, held_out = store.split_held_out(recipe.training.seed)
    _require_variety(store, training)
    classes = len(store.classes) if store.classes is not None else 0
    facts = DataFacts(count=len(training), sample_shape=tuple(store.sample_shape), classes=classes)
    resolved = _with_features(resolve(on_own_device(recipe, processes), facts), store, cache)
    require_shares(resolved, processes)
    game = make_game(resolved)
    players = build_players(resolved, facts, generator=generator, discriminator=discriminator)
    players = players if processes.alone else spanning(players)
    return Setup(
        recipe=resolved,
        facts=facts,
        store=store,
        training_indices=training,
        held_out_indices=held_out,
        players=players,
        game=game,
        fingerprint=fingerprint(resolved, data_key=data_key, players=players),
        processes=processes,
    )


def _with_features(recipe: Recipe, store: Store, cache: Path | None) -> Recipe:
    """Evaluations by the best features at hand where none were named; a resumed run keeps to them."""
    training = recipe.training
    if training.evaluate_every is None or training.evaluate_features is not None:
        return recipe
    return replace(recipe, training=replace(training, evaluate_features=features_at_hand(store, cache=cache)))


def _require_variety(store: Store, indices: torch.Tensor) -> None:
    """Raise where the first few hundred samples are all one: nothing could be learned, or measured against them."""
    samples, _ = store.batch(indices[:256])
    if bool((samples == samples[0]).all()):
        raise DataError(
            f"The {len(samples)} samples looked at are all the same. `equipoise data` shows what is in a source; "
            "check that the right folder was given and how the images were made."
        )


def source_name(source: SourceLike) -> str:
    """How `recipe.json` remembers a source: names as they are, paths in full, objects by their type."""
    if isinstance(source, str | Path):
        prefix, colon, folder = str(source).rpartition("stacked-mnist:")
        path = Path(folder)
        if source in SOURCE_NAMES or not path.exists():
            return str(source)
        return f"{prefix}{colon}{path.resolve()}"
    return f"<{type(source).__name__}>"


def _prepared(recipe: Recipe, source: SourceLike, cache: Path | None) -> tuple[Store, str]:
    """The store, and a key that changes with any of its content."""
    opened = open_source(source)
    store = prepare(
        opened,
        size=None if isinstance(opened, PointSource) else image_size(recipe, native_size(opened, cache=cache)),
        channels=recipe.data.channels,
        cache=cache,
        allow_bad_share=recipe.data.allow_bad_share,
        fit=recipe.data.fit,
    )
    return store, f"{store.fingerprint} {store.sample_shape} {recipe.data.fit}"
