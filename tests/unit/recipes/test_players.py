"""What a recipe says of activations and first weights reaches the networks."""

from math import sqrt
from typing import get_args

import pytest
import torch
from torch import nn

import equipoise as eq
from equipoise.core.errors import SettingError
from equipoise.networks import INITIALISATIONS
from equipoise.recipes.assemble import build_players
from equipoise.recipes.override import overridden
from equipoise.recipes.resolve import DataFacts, resolve
from equipoise.recipes.schema import Initialisation

POINTS = DataFacts(count=1000, sample_shape=(2,), classes=0)
IMAGES = DataFacts(count=1000, sample_shape=(3, 32, 32), classes=0)
PLAYERS = ("generator", "discriminator")


def players(name, facts=POINTS, **settings):
    changes = {key.replace("__", "."): value for key, value in settings.items()}
    return build_players(
        resolve(overridden(eq.preset(name), changes), facts), facts, generator=None, discriminator=None
    )


def slopes(network):
    """Of every activation; 0 for a ReLU."""
    return {
        0.0 if isinstance(layer, nn.ReLU) else layer.negative_slope
        for layer in network.modules()
        if isinstance(layer, nn.ReLU | nn.LeakyReLU)
    }


@pytest.mark.parametrize("player", PLAYERS)
@pytest.mark.parametrize(("slope", "expected"), [(0.0, {0.0}), (0.05, {0.05}), (None, {0.2})])
def test_the_negative_slope_of_a_recipe_is_that_of_every_activation_of_its_player(player, slope, expected):
    made = players("gan", **{f"{player}__negative_slope": slope})
    (other,) = set(PLAYERS) - {player}
    assert slopes(getattr(made, player)) == expected
    assert slopes(getattr(made, other)) == {0.2}


@pytest.mark.parametrize("architecture", ["dcgan", "resnet"])
def test_convolutional_networks_take_the_slope_too(architecture):
    settings = {f"{player}__{key}": value for player in PLAYERS for key, value in
                (("architecture", architecture), ("negative_slope", 0.07), ("width", 8))}  # fmt: skip
    made = players("dcgan", IMAGES, **settings)
    assert slopes(made.generator) == slopes(made.discriminator) == {0.07}


@pytest.mark.parametrize("player", PLAYERS)
def test_a_recipe_decides_how_first_weights_are_drawn(player):
    wide = {f"{player}__hidden": (400, 400)}
    layers = {}
    for initialisation in ("he", None):
        made = players("gan", **wide, **{f"{player}__initialisation": initialisation})
        layers[initialisation] = [layer for layer in getattr(made, player).modules() if isinstance(layer, nn.Linear)][1]
    assert layers["he"].weight.std().item() == pytest.approx(sqrt(2 / 400), rel=0.01)
    assert not layers["he"].bias.any()
    assert layers[None].weight.std().item() == pytest.approx(1 / sqrt(3 * 400), rel=0.01)  # uniform in +-1 / 20
    assert layers[None].weight.abs().max() <= 1 / 20


def test_every_initialisation_that_there_is_may_be_asked_for_and_no_other():
    assert set(get_args(Initialisation)) == set(INITIALISATIONS)
    with pytest.raises(SettingError, match=r"`generator\.initialisation` is 'xavier', but should be 'torch', 'he'"):
        overridden(eq.preset("gan"), {"generator.initialisation": "xavier"})


@pytest.mark.parametrize("slope", [-0.1, 1.0])
def test_a_slope_that_is_none_is_refused_by_its_key(slope):
    with pytest.raises(SettingError, match=r"`discriminator\.negative_slope` is"):
        overridden(eq.preset("gan"), {"discriminator.negative_slope": slope})


def test_the_generator_for_points_starts_far_steeper_than_pytorchs_own_weights_would_make_it():
    latents = torch.randn(256, 2, generator=torch.Generator().manual_seed(0))
    steep, flat = (
        sensitivity(players("rpgan-points", generator__initialisation=how).generator, latents)
        for how in ("he_uniform", "torch")
    )
    assert steep > 10 * flat


def sensitivity(generator, latents):
    """Root of the mean square of the derivatives of its samples to their latents."""
    latents = latents.clone().requires_grad_()
    rows = [torch.autograd.grad(generator(latents)[:, axis].sum(), latents)[0] for axis in (0, 1)]
    return torch.stack(rows).square().mean().sqrt().item()
