"""The probes are read-only: a run that is probed at every step has the same weights, to the bit, as one that is not."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from equipoise.core.calling import generated, scored
from equipoise.core.randomness import seeded_generator
from equipoise.probes import GameProbe, Opponents, undisturbed
from equipoise.recipes.assemble import make_state
from equipoise.recipes.presets import PRESETS
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import Setup, set_up
from equipoise.sampling import sample_latents
from equipoise.training.state import TrainState
from equipoise.training.step import discriminator_step, generator_step

CYCLES = 3
COUNT = 32
DELICATE = {"discriminator.dropout": 0.3, "discriminator.spectral_norm": True}
"""Dropout draws from the global streams and spectral normalisation moves buffers; batch norm is G's default."""


def opponents(state: TrainState) -> Opponents:
    return Opponents(
        generator=state.generator,
        discriminator=state.discriminator,
        generate=lambda latents, labels: generated(state.generator, latents, labels),
        score=lambda samples, labels: scored(state.discriminator, samples, labels),
    )


def probe_of(setup: Setup, batch_size: int) -> GameProbe:
    held_out, labels = setup.store.batch(setup.held_out_indices[:COUNT])
    conditional = setup.recipe.conditioning != "none"
    return GameProbe(
        latents=sample_latents(COUNT, setup.game.latent_dim, rng=seeded_generator(5)),
        labels=labels if conditional else None,
        held_out=held_out,
        held_out_labels=labels if conditional else None,
        objective=setup.game.objective,
        batch_size=batch_size,
        penalties=setup.game.penalties,
    )


def played(recipe: str, *, settings: dict[str, object], probed: bool) -> tuple[list[torch.Tensor], list[dict]]:
    """Everything of a run that could differ, and what its probes read."""
    settings = {"training.device": "cpu", "training.batch_size": 16, **settings}
    setup = set_up(chosen_recipe(recipe, "digits", images=1000, settings=settings), "digits")
    state, feed, probe = make_state(setup.recipe, setup.players), setup.feed(), probe_of(setup, 16)
    readings = []
    for _ in range(CYCLES):
        for _ in range(setup.game.d_steps):
            real = feed.at(state.images_seen)
            discriminator_step(state, setup.game, real)
        generator_step(state, setup.game, real)
        if probed:
            readings.append(probe(opponents(state), training=real.samples, training_labels=real.labels))
    kept = [state.rng.get_state(), torch.get_rng_state()]
    for module in (state.generator, state.discriminator):
        kept += [value.clone() for value in module.state_dict().values()]
        kept += [parameter.grad for parameter in module.parameters()]
        kept += [torch.tensor([part.training for part in module.modules()])]
    return kept, readings


@pytest.mark.parametrize("delicate", [False, True], ids=["as it is", "dropout and spectral norm"])
@pytest.mark.parametrize("recipe", PRESETS)
def test_a_probed_run_is_the_same_run_to_the_bit(recipe, delicate):
    settings = DELICATE if delicate else {}
    with_probes, readings = played(recipe, settings=settings, probed=True)
    without, _ = played(recipe, settings=settings, probed=False)
    assert all(torch.equal(a, b) for a, b in zip(with_probes, without, strict=True))
    assert len(readings) == CYCLES
    assert all(np.isfinite(value) for reading in readings for value in reading.values())


def test_all_that_a_pass_can_move_is_put_back():
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    nn.utils.parametrizations.spectral_norm(module[0])
    module[2].eval()
    module.requires_grad_(False)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    streams = [torch.get_rng_state(), np.random.get_state()[1].copy()]
    with pytest.raises(ValueError, match="on purpose"):
        _careless(module, streams)
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    assert torch.equal(streams[0], torch.get_rng_state())
    assert (streams[1] == np.random.get_state()[1]).all()
    assert streams[2] == random.getstate()
    assert [module[place].training for place in (1, 2)] == [True, False]
    assert not any(parameter.requires_grad for parameter in module.parameters())


@torch.no_grad()
def _careless(module: nn.Module, streams: list) -> None:
    """Move everything and fail. The type checks of the tests draw from `random`, so its state is taken inside."""
    with undisturbed((module,)):
        streams.append(random.getstate())
        assert torch.is_grad_enabled()
        assert all(parameter.requires_grad for parameter in module.parameters())
        module.train()(torch.randn(5, 3))
        np.random.rand(), random.random()
        module[1].running_mean = torch.ones(4)
        raise ValueError("on purpose")


def test_a_part_that_is_frozen_for_good_stays_frozen_inside():
    module = nn.Sequential(nn.Linear(2, 2).requires_grad_(False), nn.Linear(2, 1))
    with undisturbed((module,)):
        assert [parameter.requires_grad for parameter in module.parameters()] == [False, False, True, True]
