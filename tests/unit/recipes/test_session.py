"""A run from Python: what it leaves behind, what is rehearsed, and what comes out of it."""

import json

import numpy as np
import pytest
import torch
from torch import nn

import equipoise as eq
from equipoise.core.errors import RunFolderError, SettingError
from equipoise.networks import seeds
from equipoise.recipes.rehearsal import rehearse
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import set_up

STEP = 16
TINY = {
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.looks": 2,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("session") / "run"
    eq.train("digits", recipe="cgan", out=out, images=4 * STEP, settings=TINY, show_progress=False)
    return out


def test_the_recipe_that_is_left_has_nothing_to_guess_and_says_it_all(run):
    text = (run / "recipe.json").read_text()
    recipe = json.loads(text)
    assert "auto" not in text
    assert recipe["data"] | {"source": "digits", "size": 8, "channels": 1} == recipe["data"]
    assert recipe["training"] | {"batch_size": STEP, "images": 4 * STEP, "device": "cpu"} == recipe["training"]
    assert recipe["generator"]["architecture"] == "mlp"


def test_the_environment_that_is_left_names_versions_device_and_command(run):
    environment = json.loads((run / "environment.json").read_text())
    assert environment["packages"]["torch"] == torch.__version__.split("+")[0] or "+" in torch.__version__
    assert {"equipoise", "torch", "numpy", "pillow", "safetensors"} == environment["packages"].keys()
    assert environment["device"] == "cpu"
    assert {"python", "platform", "device_name", "threads", "command"} <= environment.keys()


def test_a_run_leaves_exactly_what_the_layout_names(run):
    assert sorted(path.name for path in run.iterdir()) == [
        ".lock", "checkpoints", "environment.json", "generator.json", "generator.safetensors", "journal.jsonl",
        "recipe.json", "samples",
    ]  # fmt: skip
    assert (run / "samples" / f"{4 * STEP:012d}.png").exists()


def test_the_best_checkpoint_keeps_its_measure_when_an_interval_ends_at_the_same_step(tmp_path):
    often = TINY | {"training.checkpoint_seconds": 1e-6, "training.keep_checkpoints": 1, "training.looks": 24}
    eq.train("digits", recipe="gan", out=tmp_path, images=24 * STEP, settings=often, show_progress=False)
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    distances = [(line["images"], line.get("signals", {}).get("samples/sliced_wasserstein")) for line in lines]
    looks = {images: distance for images, distance in distances if distance is not None}
    best = min(looks, key=looks.get)
    kept = {int(path.stem) for path in (tmp_path / "checkpoints").glob("*.safetensors")}
    assert len(looks) > 12
    assert kept == {best, 24 * STEP}


# ---- before a run


def test_a_rehearsal_tells_everything_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = chosen_recipe("wgan", "digits", images=1280, settings=TINY | {"discriminator.weight_clip": None})
    text = rehearse(recipe, "digits")
    setup = set_up(recipe, "digits")
    for name, player in (("Generator", setup.players.generator), ("Discriminator", setup.players.discriminator)):
        assert f"{name}: {sum(p.numel() for p in player.parameters()):,} parameters" in text
    assert "80 discriminator steps and 16 generator steps" in text
    assert "1,280 images = 0.7 epochs" in text
    assert "Estimated time on cpu: " in text
    assert "samples of 1 x 8 x 8 to train on" in text
    assert "10 classes" in text
    assert "training.batch_size = 16" in text
    assert "Warning: A Wasserstein critic without a constraint" in text
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_of_a_run_in_seconds_estimates_its_images():
    text = rehearse(chosen_recipe("gan", "digits", seconds=60.0, settings=TINY), "digits")
    assert "Estimated time on cpu: 1:00" in text
    assert "Warning" not in text


def fingerprint(settings=None, source="digits", recipe="gan", **budget):
    budget = budget or {"images": 64}
    return set_up(chosen_recipe(recipe, source, settings=TINY | (settings or {}), **budget), source).fingerprint


@pytest.mark.parametrize(
    "settings",
    [
        {"training.seed": 1},
        {"training.batch_size": 8},
        {"generator.learning_rate": 1e-3},
        {"generator.hidden": [17]},
        {"constraints.r1.weight": 1.0},
        {"training.ema_half_life": 7},
        {"training.micro_batches": 2},
        {"conditioning": "none"},
        {"data.size": 12},
    ],
)
def test_whatever_decides_the_weights_changes_the_fingerprint(settings):
    assert fingerprint(settings) != fingerprint()


@pytest.mark.parametrize(
    "settings",
    [
        {"training.looks": 7},
        {"training.read_every": 3},
        {"training.checkpoint_seconds": 9.0},
        {"training.keep_checkpoints": 9},
        {"training.trackers": ["tensorboard"]},
        {"summary": "another"},
    ],
)
def test_whatever_only_looks_on_leaves_the_fingerprint(settings):
    assert fingerprint(settings) == fingerprint()


def test_the_budget_is_part_of_the_fingerprint_only_where_the_schedule_reads_it():
    assert fingerprint(images=64) == fingerprint(images=128) == fingerprint(seconds=1.0)
    linear = {"training.decay": "linear"}
    assert fingerprint(linear, images=64) != fingerprint(linear, images=128)


def test_other_data_of_the_same_shape_have_another_fingerprint():
    first, second = (np.random.default_rng(n).integers(0, 256, (99, 8, 8), dtype=np.uint8) for n in (0, 1))
    assert fingerprint(source=first) != fingerprint(source=second)
    assert fingerprint(source=first) == fingerprint(source=first.copy())


# ---- after a run


def test_the_same_seed_gives_the_same_samples_in_any_batches(run):
    generator = eq.load(run)
    samples = generator.sample(10, seed=3)
    assert samples.shape == (10, 1, 8, 8)
    assert samples.abs().max() <= 1.0
    assert torch.equal(samples, eq.load(run).sample(10, seed=3))
    torch.testing.assert_close(samples, generator.sample(10, seed=3, batch=3))
    assert not torch.equal(samples, generator.sample(10, seed=4))


def test_a_class_is_asked_for_by_name_by_number_or_by_both_in_a_list(run):
    generator = eq.load(run)
    assert generator.classes == tuple("0123456789")
    assert torch.equal(generator.sample(4, label="7"), generator.sample(4, label=7))
    assert not torch.equal(generator.sample(4, label=7), generator.sample(4, label=8))
    assert generator.labels_for(5, ["3", 1]).tolist() == [3, 3, 3, 1, 1]
    assert generator.labels_for(1, ["3", 1]).tolist() == [3]


def test_without_a_label_every_class_has_its_turn(run):
    generator = eq.load(run)
    assert generator.labels_for(20, None).tolist() == [n for n in range(10) for _ in range(2)]
    assert generator.labels_for(3, None).tolist() == [0, 1, 2]


def test_no_samples_at_all_are_refused(run):
    with pytest.raises(SettingError, match="`n` is 0"):
        eq.load(run).sample(0)


def test_a_loaded_generator_is_the_average_in_evaluation_mode(run):
    generator = eq.load(run)
    assert not generator.module.training
    best = eq.load(run, checkpoint="best")
    assert best.sample(2).isfinite().all()


def test_a_run_without_a_checkpoint_yet_says_so(run, tmp_path):
    (tmp_path / "generator.json").write_text((run / "generator.json").read_text())
    with pytest.raises(RunFolderError, match="has saved no generator yet"):
        eq.load(tmp_path)
    with pytest.raises(RunFolderError, match="no checkpoint 'best'"):
        eq.load(tmp_path, checkpoint="best")


# ---- networks of one's own


class OwnGenerator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(100, 64)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.linear(latents)).view(-1, 1, 8, 8)


class OwnDiscriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(64, 1)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        return self.linear(samples.flatten(1))


@pytest.mark.parametrize("recipe", ["gan", "sngan"])
def test_both_players_of_ones_own_train_resume_and_load(tmp_path, recipe):
    settings = {"training.batch_size": STEP, "training.trackers": [], "conditioning": "none"}

    def players():
        torch.manual_seed(0)
        return {"generator": OwnGenerator(), "discriminator": OwnDiscriminator()}

    def weights(name):
        return eq.load(tmp_path / name, generator=OwnGenerator()).module.state_dict()

    how = {"recipe": recipe, "settings": settings, "show_progress": False}
    for name, images in (("whole", 8 * STEP), ("parts", 4 * STEP)):
        eq.train("digits", out=tmp_path / name, images=images, **how, **players())
    before = weights("parts")
    torch.manual_seed(1)
    fresh = {"generator": OwnGenerator(), "discriminator": OwnDiscriminator()}
    assert eq.resume(tmp_path / "parts", images=8 * STEP, show_progress=False, **fresh).finished
    after, whole = weights("parts"), weights("whole")
    assert not torch.equal(before["linear.weight"], after["linear.weight"])
    assert torch.equal(whole["linear.weight"], after["linear.weight"])
    assert json.loads((tmp_path / "parts" / "recipe.json").read_text())["generator"]["architecture"] == "own"


@pytest.mark.parametrize(
    ("recipe", "generator", "discriminator", "conditioning"),
    [
        ("gan", seeds.seed_mlp_generator, seeds.seed_mlp_discriminator, "none"),
        ("wgan-gp", seeds.seed_wgan_generator, seeds.seed_wgan_critic, "none"),
        ("wgan-gp", seeds.seed_dense_generator, seeds.seed_wgan_critic, "none"),
        (
            "cgan",
            lambda: seeds.seed_conditional_generator(10),
            lambda: seeds.seed_conditional_discriminator(10),
            "embedding",
        ),
    ],
)
def test_the_well_known_networks_train_as_ones_own(tmp_path, recipe, generator, discriminator, conditioning):
    settings = {"training.batch_size": STEP, "training.trackers": [], "training.looks": 1, "data.size": 28}
    outcome = eq.train(
        "digits",
        recipe=recipe,
        out=tmp_path / "run",
        images=2 * STEP * eq.preset(recipe).training.d_steps,
        settings=settings | {"conditioning": conditioning},
        generator=generator(),
        discriminator=discriminator(),
        show_progress=False,
    )
    assert outcome.finished
