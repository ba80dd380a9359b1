"""Every recipe on every kind of data: it resolves, builds, and takes a real step."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

import equipoise as eq
from equipoise.core.errors import SettingError
from equipoise.core.steps import Batch
from equipoise.data import prepare
from equipoise.metrics import mixture_modes
from equipoise.recipes.assemble import build_players, make_game, make_state
from equipoise.recipes.override import overridden
from equipoise.recipes.resolve import RESNET_SIZES, DataFacts, image_size, resolve, resolve_device, warnings_of
from equipoise.training.step import discriminator_step, generator_step

SHAPES = [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 64, 64), (2,)]
CONVOLUTIONAL = ("dcgan",)


def facts(shape, classes=0, count=1000):
    return DataFacts(count=count, sample_shape=shape, classes=classes)


def narrow(recipe, shape, classes):
    """The resolved recipe at widths that cost nothing."""
    resolved = resolve(recipe, facts(shape, classes))
    player = {"hidden": [8]} if resolved.generator.architecture == "mlp" else {"width": 4}
    changes = {f"{name}.{key}": value for name in ("generator", "discriminator") for key, value in player.items()}
    return overridden(resolved, changes | {"training.batch_size": 4, "generator.latent_dim": 6})


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", eq.PRESETS)
def test_a_recipe_takes_a_real_step_on_any_data_it_is_for(name, shape, classes):
    recipe, known = eq.preset(name), facts(shape, classes)
    if recipe.generator.architecture in CONVOLUTIONAL and shape in ((2,), (1, 8, 8)):
        with pytest.raises(SettingError, match="dcgan"):
            build_players(resolve(recipe, known), known, generator=None, discriminator=None)
        return
    if recipe.conditioning != "auto" and not classes:
        with pytest.raises(SettingError, match="no classes"):
            resolve(recipe, known)
        return
    recipe = narrow(recipe, shape, classes)
    players = build_players(recipe, known, generator=None, discriminator=None)
    state, game = make_state(recipe, players), make_game(recipe)
    labels = torch.arange(4) % classes if classes else None
    real = Batch(samples=torch.rand(4, *shape) * 2 - 1, labels=labels)
    parameters = [*state.generator.parameters(), *state.discriminator.parameters()]
    before = [parameter.detach().clone() for parameter in parameters]
    d_record, g_record = discriminator_step(state, game, real), generator_step(state, game, real)
    assert d_record.loss.isfinite()
    assert g_record.loss.isfinite()
    assert sum(not torch.equal(a, b) for a, b in zip(before, parameters, strict=True)) > len(before) // 2


@pytest.mark.parametrize("name", eq.PRESETS)
def test_a_resolved_recipe_leaves_nothing_to_guess(name):
    resolved = resolve(eq.preset(name), facts((3, 32, 32), classes=5))
    without_engine = replace(resolved, training=replace(resolved.training, engine="eager"))  # chosen on the first batch
    assert "auto" not in repr(asdict(without_engine)).replace("automatic", "")
    assert resolved.training.images is not None
    assert resolved.data.size == 32
    assert resolved.data.channels == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [("wgan-gp", "none"), ("sngan", "none"), ("dcgan", "batch"), ("wgan", "batch"), ("cgan", "batch")],
)
def test_the_normalisation_is_the_one_that_the_rest_of_the_game_allows(name, expected):
    assert resolve(eq.preset(name), facts((3, 32, 32), classes=5)).discriminator.normalisation == expected


def test_the_default_budget_is_fifty_epochs_and_never_too_few_images():
    assert resolve(eq.preset("gan"), facts((1, 8, 8), count=1000)).training.images == 200_000
    assert resolve(eq.preset("gan"), facts((1, 8, 8), count=60_000)).training.images == 3_000_000


def test_a_budget_that_was_given_stays():
    recipe = overridden(eq.preset("gan"), {"training.seconds": 5.0})
    assert resolve(recipe, facts((1, 8, 8))).training.images is None


# ---- the size of images


@pytest.mark.parametrize(
    ("architecture", "native", "expected"),
    [
        ("auto", 8, 8),
        ("auto", 28, 28),
        ("auto", 32, 32),
        ("auto", 100, 64),
        ("auto", 300, 256),
        ("auto", None, 64),
        ("mlp", 300, 64),
        ("mlp", 20, 20),
        ("dcgan", 8, 16),
        ("dcgan", 31, 28),
        ("resnet", 28, 32),
        ("resnet", 1000, max(RESNET_SIZES)),
        ("own", 77, 77),
    ],
)
def test_images_are_prepared_at_the_nearest_size_that_the_networks_can_do(architecture, native, expected):
    assert image_size(overridden(eq.preset("gan"), {"generator.architecture": architecture}), native) == expected


def test_the_size_asked_for_wins():
    assert image_size(overridden(eq.preset("dcgan"), {"data.size": 128}), 32) == 128


def test_the_device_is_decided_or_checked():
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") in ("cpu", "cuda:0", "mps")
    with pytest.raises(SettingError, match="cuda:99"):
        resolve_device("cuda:99")


# ---- advice


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("wgan", {"discriminator.weight_clip": None}, "without a constraint"),
        ("wgan", {"discriminator.weight_clip": None, "discriminator.spectral_norm": True}, "hinge"),
        ("gan", {"constraints.gradient_penalty.weight": 10.0}, "R1 is usual"),
        ("gan", {"generator.betas": [0.9, 0.999]}, r"generator.betas starts with 0.9"),
    ],
)
def test_what_is_allowed_and_probably_not_meant_is_warned_of(name, settings, said):
    (warning,) = warnings_of(overridden(eq.preset(name), settings))
    assert said in warning


@pytest.mark.parametrize("name", eq.PRESETS)
def test_a_recipe_that_ships_gives_no_warning(name):
    assert warnings_of(eq.preset(name)) == []


def test_points_and_images_need_no_different_call(tmp_path):
    points = np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32)
    settings = {"training.batch_size": 16, "training.trackers": [], "generator.hidden": [8]}
    for name, source in (("named", "ring-8"), ("array", points)):
        eq.train(source, recipe="gan", out=tmp_path / name, images=32, settings=settings, show_progress=False)
        assert eq.load(tmp_path / name).sample(3).shape == (3, 2)


def test_the_recipe_for_points_finds_every_mode_of_the_ring_in_a_thousand_steps(tmp_path):
    """From PyTorch's own first weights the same seed finds none in the same time."""
    settings = {"training.trackers": [], "training.looks": 1, "training.probe_every": 100_000}
    eq.train("ring-8", recipe="rpgan-points", out=tmp_path, images=64_000, settings=settings, show_progress=False)
    mixture = prepare("ring-8").mixture
    found = mixture_modes(eq.load(tmp_path).sample(1000, seed=1), torch.from_numpy(mixture.centres), 0.01)
    assert found.covered == 8
    assert found.assigned_share > 0.6
