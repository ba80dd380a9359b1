"""From a resolved recipe to the objects of a run."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import cast

import torch
from torch import nn

from equipoise.constraints import PenaltyTerm, constraint, spectral_norm
from equipoise.core.processes import ALONE, Processes
from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.networks import (
    DiscriminatorSpec,
    GeneratorSpec,
    Packed,
    build_discriminator,
    build_generator,
    check_discriminator,
    check_generator,
    initialise,
    spec,
)
from equipoise.objectives import objective
from equipoise.recipes.resolve import DataFacts
from equipoise.recipes.schema import DiscriminatorSettings, GeneratorSettings, Recipe
from equipoise.training.game import Game
from equipoise.training.optimizers import OptimizerSettings, make_optimizer
from equipoise.training.plan import Budget, Plan, Selection
from equipoise.training.replicas import start_alike
from equipoise.training.schedule import Schedule
from equipoise.training.state import TrainState, initial_state

WEIGHT_STREAM = 2
ASIDE = (
    "engine",
    "images",
    "seconds",
    "looks",
    "read_every",
    "probe_every",
    "stop_on",
    "evaluate_every",
    "evaluate_metrics",
    "evaluate_samples",
    "evaluate_features",
    "selection",
    "stop_when_done",
    "checkpoint_seconds",
    "keep_checkpoints",
    "trackers",
)
"""Settings of training that change no weight beyond its rounding, so that a checkpoint goes on whatever they are."""

INITIALISATION = {"mlp": "torch", "dcgan": "dcgan", "resnet": "glorot"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Players:
    """Both networks, before they meet an optimiser."""

    generator: nn.Module
    discriminator: nn.Module


def build_players(
    recipe: Recipe, facts: DataFacts, *, generator: nn.Module | None, discriminator: nn.Module | None
) -> Players:
    """The recipe's networks, or the user's own after they have kept the contract.

    Raises:
        NetworkError: a network of the user's own that the engine cannot use.
        SettingError: a network that the recipe describes and nobody can build.
    """
    classes = facts.classes if recipe.conditioning != "none" else 0
    if generator is None:
        generator = build_generator(generator_spec(recipe, facts))
        _initialise(generator, recipe.generator, derived_seed(recipe.training.seed, WEIGHT_STREAM, 0))
    if discriminator is None:
        discriminator = build_discriminator(discriminator_spec(recipe, facts))
        seed = derived_seed(recipe.training.seed, WEIGHT_STREAM, 1)
        _initialise(discriminator, recipe.discriminator, seed)
    elif recipe.discriminator.packing > 1:
        discriminator = Packed(discriminator, size=recipe.discriminator.packing)
    if recipe.discriminator.spectral_norm:
        spectral_norm(discriminator, seed=derived_seed(recipe.training.seed, WEIGHT_STREAM, 2))
    check_generator(generator, latent_dim=recipe.generator.latent_dim, sample_shape=facts.sample_shape, classes=classes)
    check_discriminator(
        discriminator, sample_shape=facts.sample_shape, classes=classes, packing=recipe.discriminator.packing
    )
    return Players(generator=generator, discriminator=discriminator)


def generator_spec(recipe: Recipe, facts: DataFacts) -> GeneratorSpec:
    """What `build_generator` needs to know of a resolved recipe."""
    settings = recipe.generator
    return GeneratorSpec(
        architecture=cast(spec.Architecture, settings.architecture),
        sample_shape=facts.sample_shape,
        latent_dim=settings.latent_dim,
        classes=facts.classes if recipe.conditioning != "none" else 0,
        conditioning=cast(spec.Conditioning, recipe.conditioning),
        width=settings.width,
        hidden=settings.hidden,
        negative_slope=settings.negative_slope,
        normalisation=settings.normalisation,
        attention_at=settings.attention_at,
    )


def discriminator_spec(recipe: Recipe, facts: DataFacts) -> DiscriminatorSpec:
    """What `build_discriminator` needs to know of a resolved recipe."""
    settings = recipe.discriminator
    return DiscriminatorSpec(
        architecture=cast(spec.Architecture, settings.architecture),
        sample_shape=facts.sample_shape,
        classes=facts.classes if recipe.conditioning != "none" else 0,
        conditioning=cast(spec.Conditioning, recipe.conditioning),
        width=settings.width,
        hidden=settings.hidden,
        negative_slope=settings.negative_slope,
        normalisation=cast(spec.DiscriminatorNormalisation, settings.normalisation),
        attention_at=settings.attention_at,
        dropout=settings.dropout,
        minibatch=settings.minibatch,
        packing=settings.packing,
        pooling="mean" if recipe.constraints else "sum",  # as the papers of WGAN-GP and of SNGAN have it
    )


def make_game(recipe: Recipe) -> Game:
    """The rules that the recipe asks for."""
    smoothing = {"real_target": recipe.objective.real_target} if recipe.objective.real_target != 1.0 else {}
    return Game(
        objective=objective(recipe.objective.name, **smoothing),
        latent_dim=recipe.generator.latent_dim,
        penalties=tuple(
            PenaltyTerm(penalty=constraint(name), weight=settings.weight, every=settings.every)
            for name, settings in recipe.constraints.items()
        ),
        clip_bound=recipe.discriminator.weight_clip,
        mode_seeking_weight=recipe.generator.mode_seeking,
        d_steps=recipe.training.d_steps,
        micro_batches=recipe.training.micro_batches,
        precision=recipe.training.precision,
    )


def make_state(recipe: Recipe, players: Players, processes: Processes = ALONE) -> TrainState:
    """The state before the first step, on the recipe's device. Seeds torch's global stream too, for dropout.

    Every process starts with the networks of the first, and with random streams of its own.
    """
    device = torch.device(recipe.training.device)
    stream = (WEIGHT_STREAM, 3) if processes.first else (WEIGHT_STREAM, 3, processes.rank)
    torch.manual_seed(derived_seed(recipe.training.seed, *stream))
    generator, discriminator = players.generator.to(device).train(), players.discriminator.to(device).train()
    state = initial_state(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=make_optimizer(generator, _optimizer_settings(recipe.generator)),
        d_optimizer=make_optimizer(discriminator, _optimizer_settings(recipe.discriminator)),
        seed=recipe.training.seed,
        device=device,
        processes=processes,
    )
    start_alike(state)
    return state


def make_plan(recipe: Recipe, *, selection: Selection | None = None) -> Plan:
    """How long, how often to look, and by what to choose the best checkpoint; None is the distance of the looks."""
    training = recipe.training
    return Plan(
        budget=Budget(images=training.images, seconds=training.seconds),
        ema_half_life=training.ema_half_life,
        read_every=training.read_every,
        probe_every=training.probe_every,
        looks=training.looks,
        checkpoint_seconds=training.checkpoint_seconds,
        evaluate_every=training.evaluate_every,
        selection=selection or Selection(),
    )


def make_schedule(recipe: Recipe, *, epoch_images: int) -> Schedule:
    """Both players' learning rates over the run."""
    return Schedule(
        g_learning_rate=recipe.generator.learning_rate,
        d_learning_rate=recipe.discriminator.learning_rate,
        decay=recipe.training.decay,
        rate=recipe.training.decay_rate,
        epoch_images=epoch_images,
        total_images=recipe.training.images or 1,
    )


def fingerprint(recipe: Recipe, *, data_key: str, players: Players) -> str:
    """What a checkpoint must share with a run to be resumed in it: all that decides the weights, and nothing else."""
    decisive = asdict(recipe)
    for aside in ASIDE:
        if not (aside == "images" and recipe.training.decay == "linear"):
            del decisive["training"][aside]
    del decisive["training"]["device"], decisive["data"]["source"], decisive["summary"]
    shapes = {
        f"{player}.{name}": list(value.shape)
        for player, module in (("generator", players.generator), ("discriminator", players.discriminator))
        for name, value in module.state_dict().items()
    }
    text = json.dumps([decisive, data_key, shapes], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _optimizer_settings(player: GeneratorSettings | DiscriminatorSettings) -> OptimizerSettings:
    return OptimizerSettings(kind=player.optimizer, learning_rate=player.learning_rate, betas=player.betas)


def _initialise(module: nn.Module, player: GeneratorSettings | DiscriminatorSettings, seed: int) -> None:
    initialise(module, player.initialisation or INITIALISATION[player.architecture], seeded_generator(seed))
