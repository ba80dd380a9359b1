"""A run without training: everything a person would want to know before spending the time."""

import time
from dataclasses import asdict

import torch
from torch import nn

from equipoise.data import SourceLike
from equipoise.recipes.assemble import make_plan, make_schedule, make_state
from equipoise.recipes.engine import chosen_engine
from equipoise.recipes.resolve import warnings_of
from equipoise.recipes.schema import Recipe
from equipoise.recipes.setup import Setup, set_up
from equipoise.training.fused import Engine
from equipoise.training.progress import duration
from equipoise.training.state import TrainState

TIMED_CYCLES = 3


def rehearse(recipe: Recipe, source: SourceLike) -> str:
    """The resolved recipe, the data, both networks, the length of the run and what looks unwise.

    Prepares the data and takes a few steps to measure the speed; writes nothing but the data's cache.
    """
    setup = set_up(recipe, source)
    sections = [settings_text(asdict(setup.recipe)), _data_text(setup), _networks_text(setup), *_play_texts(setup)]
    warnings = [*setup.store.notes, *warnings_of(setup.recipe)]
    sections += [f"Warning: {warning}" for warning in warnings]
    return "\n\n".join(sections)


def settings_text(settings: dict[str, object], prefix: str = "") -> str:
    """One `key = value` a line, keys as `--set` takes them."""
    lines = []
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += settings_text(value, f"{prefix}{name}.").splitlines()
        else:
            lines.append(f"{prefix}{name} = {_shown(value)}")
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _data_text(setup: Setup) -> str:
    classes = f", {setup.facts.classes} classes" if setup.facts.classes else ""
    shape = " x ".join(map(str, setup.facts.sample_shape))
    return (
        f"Data: {setup.facts.count:,} samples of {shape} to train on, "
        f"{len(setup.held_out_indices):,} held out{classes}."
    )


def _networks_text(setup: Setup) -> str:
    return "\n\n".join(
        f"{name}: {_parameters(module):,} parameters\n{module}"
        for name, module in (
            ("Generator", setup.players.generator),
            ("Discriminator", setup.players.discriminator),
        )
    )


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _play_texts(setup: Setup) -> tuple[str, str]:
    """Which engine would play, and how long the run would take with it."""
    state, said = make_state(setup.recipe, setup.players), list[str]()
    engine = chosen_engine(setup, state, make_plan(setup.recipe), say=said.append)
    return " ".join([f"Engine: {engine.manner.kind}.", *said]), _length_text(
        setup, _images_a_second(setup, engine, state)
    )


def _length_text(setup: Setup, rate: float) -> str:
    training = setup.recipe.training
    images = training.images if training.images is not None else round(rate * (training.seconds or 0.0))
    if training.seconds is not None:
        images = min(images, round(rate * training.seconds))
    cycle = training.batch_size * training.d_steps
    return (
        f"Length: {images:,} images = {images / setup.facts.count:,.1f} epochs = {images // training.batch_size:,} "
        f"discriminator steps and {images // cycle:,} generator steps.\n"
        f"Estimated time on {training.device}: {duration(images / rate)} at {rate:,.0f} images/s."
    )


def _images_a_second(setup: Setup, engine: Engine, state: TrainState) -> float:
    """Measured over a few cycles after one to warm up."""
    game, feed = setup.game, setup.feed()
    make_schedule(setup.recipe, epoch_images=setup.facts.count).apply(state)
    began, seen = 0.0, 0
    for cycle in range(TIMED_CYCLES + 1):
        if cycle == 1:
            began, seen = time.perf_counter(), state.images_seen
        for _ in range(game.d_steps):
            real = feed.at(state.images_seen)
            engine.discriminator_step(state, game, real)
        engine.generator_step(state, game, real)
        if state.device.type == "cuda":
            torch.cuda.synchronize(state.device)
    return (state.images_seen - seen) / (time.perf_counter() - began)
