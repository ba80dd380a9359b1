"""What goes wrong around a run is told with the argument, the value found and the way out, and nothing is lost."""

import errno
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

import equipoise as eq
from equipoise.cli.main import main
from equipoise.core.errors import (
    CheckpointError,
    DataError,
    EquipoiseError,
    RunFolderError,
    SettingError,
    TrainingDiverged,
)
from equipoise.recipes.rehearsal import rehearse
from equipoise.recipes.session import chosen_recipe
from equipoise.training import checkpoint as checkpoint_module
from equipoise.training.fused import engine as engine_module

STEP = 16
TINY = {
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.looks": 2,
    "training.read_every": 1,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
}
OFTEN = TINY | {"training.checkpoint_seconds": 1e-6, "training.keep_checkpoints": 4}
NARROW = {"training.batch_size": 4, "training.trackers": [], "generator.width": 8, "discriminator.width": 8}


def train(out, source="digits", *, recipe="gan", images=4 * STEP, settings=TINY, **more):
    return eq.train(source, recipe=recipe, out=out, images=images, settings=settings, show_progress=False, **more)


def checkpoints(run: Path) -> list[Path]:
    return sorted((run / "checkpoints").glob("*.safetensors"))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def events(run: Path) -> list[dict[str, object]]:
    return [
        entry for line in (run / "journal.jsonl").read_text().splitlines() if "event" in (entry := json.loads(line))
    ]


def pictures(folder: Path, count: int, *, size: int = 16) -> Path:
    folder.mkdir()
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 256, (size, size), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    train(tmp_path / "run", settings=OFTEN)
    return tmp_path / "run"


# ---- sources


@pytest.mark.parametrize("count", [None, 0, 1])
def test_a_source_without_images_is_named_and_the_run_folder_stays_free(tmp_path, count):
    folder = tmp_path / "pictures" if count is None else pictures(tmp_path / "pictures", count)
    expected = {None: "nothing lies there", 0: "pictures", 1: "only 1 image"}[count]
    for _ in range(2):  # the second attempt must not find its way barred by what the first one left
        with pytest.raises(DataError, match=expected):
            train(tmp_path / "run", folder)


def test_fewer_images_than_a_batch_is_an_error_that_names_a_size_that_works(tmp_path):
    folder = pictures(tmp_path / "pictures", 10)
    with pytest.raises(SettingError, match=r"batch_size` is 64, but there are 10 .*--set training\.batch_size=10"):
        train(tmp_path / "run", folder, settings={})
    train(tmp_path / "run", folder, images=20, settings=TINY | {"training.batch_size": 10})


def test_images_smaller_than_the_size_asked_for_train_and_the_enlargement_is_told(tmp_path, capsys):
    folder = pictures(tmp_path / "pictures", 12, size=9)
    settings = NARROW | {"data.size": 16}
    text = rehearse(chosen_recipe("dcgan", folder, images=8, settings=settings), folder)
    eq.train(folder, recipe="dcgan", out=tmp_path / "run", images=8, settings=settings)
    main(["data", str(folder), "--sheet", str(tmp_path / "sheet.png")])
    shown = capsys.readouterr()
    assert "enlarged" in text
    assert "enlarged" in shown.err
    assert "9 x 9" in shown.out
    assert eq.load(tmp_path / "run").sample(1).shape == (1, 1, 16, 16)


@pytest.mark.parametrize(
    ("value", "expected"), [(np.nan, "not finite"), (np.inf, "not finite"), (3000.0, r"\[-1, 1\]")]
)
def test_an_array_with_impossible_values_is_refused(tmp_path, value, expected):
    with pytest.raises(DataError, match=expected):
        train(tmp_path / "run", np.full((20, 8, 8), value, np.float32))


# ---- settings


def refused(tmp_path, pattern, *, recipe="gan", source="digits", **settings):
    """The run is refused before its folder is taken, so that the corrected command may use the same one."""
    with pytest.raises(SettingError, match=pattern):
        train(tmp_path / "run", source, recipe=recipe, settings=TINY | {k: v for k, v in settings.items()})
    assert not (tmp_path / "run" / "recipe.json").exists()


def test_typos_and_wrong_types_are_told_all_at_once_with_what_could_be_meant(tmp_path):
    settings = {"training.bach_size": 3, "constraints.r3.weight": 1, "training.looks": "often", "conditioning": "maybe"}
    with pytest.raises(SettingError) as caught:
        train(tmp_path / "run", settings=settings)
    message = str(caught.value)
    assert "`training.bach_size`. Did you mean training.batch_size" in message
    assert "`constraints.r3.weight`. Did you mean constraints.r" in message
    assert "`training.looks` is 'often'" in message
    assert "`conditioning` is 'maybe', but should be 'auto', 'none'" in message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training.batch_size", 0),
        ("training.micro_batches", 0),
        ("training.looks", 0),
        ("training.checkpoint_seconds", 0),
        ("discriminator.packing", 0),
        ("discriminator.weight_clip", -1.0),
        ("discriminator.betas", [0.5, 1.0]),
        ("generator.learning_rate", -1.0),
        ("generator.learning_rate", float("nan")),
        ("generator.mode_seeking", -1.0),
        ("constraints.r1.weight", -1.0),
        ("training.ema_half_life", -1),
    ],
)
def test_a_number_out_of_range_is_refused_before_the_run_begins(tmp_path, key, value):
    refused(tmp_path, key, **{key: value})


def test_a_batch_that_does_not_divide_into_packs_and_micro_batches_names_the_multiple(tmp_path):
    refused(tmp_path, "Use a multiple of 6", **{"discriminator.packing": 2, "training.micro_batches": 3})


def test_batch_normalisation_of_single_samples_is_refused(tmp_path):
    refused(tmp_path, "batch normalisation needs at least 2. Use 32 or more", **{"training.micro_batches": 16})


def test_linear_decay_without_images_names_both_ways_out(tmp_path):
    with pytest.raises(SettingError, match=r"Give --images, or use `--set training\.decay=constant`"):
        eq.train("digits", out=tmp_path / "run", seconds=1.0, settings={"training.decay": "linear"})


def test_batch_normalisation_asked_for_beside_a_gradient_penalty_is_refused(tmp_path):
    settings = NARROW | {"data.size": 16, "discriminator.normalisation": "batch"}
    with pytest.raises(SettingError, match=r"normalisation` is batch, but gradient_penalty is on.*Use `layer`"):
        train(tmp_path / "run", recipe="wgan-gp", settings=settings)


def test_attention_where_there_are_no_features_names_where_there_are(tmp_path):
    settings = NARROW | {"data.size": 16, "generator.attention_at": 7}
    with pytest.raises(SettingError, match=r"`attention_at` is 7. .*\[4, 8\]"):
        train(tmp_path / "run", recipe="dcgan", settings=settings)


def test_classes_asked_of_data_without_them_says_how_to_give_some(tmp_path):
    refused(tmp_path, "no classes. Put the images into one sub-folder per class", recipe="cgan", source="ring-8")


@pytest.mark.skipif(torch.cuda.is_available(), reason="here the device is there")
def test_cuda_asked_for_where_there_is_none_says_what_there_is(tmp_path):
    refused(tmp_path, r"`training\.device` is 'cuda', but this machine offers cpu.*auto", **{"training.device": "cuda"})


def test_an_unknown_device_is_refused(tmp_path):
    refused(tmp_path, "'tpu'", **{"training.device": "tpu"})


def test_an_unknown_recipe_names_the_near_ones(tmp_path):
    with pytest.raises(SettingError, match=r"`recipe` is 'wgan_gp', which is unknown. Did you mean wgan-gp"):
        train(tmp_path / "run", recipe="wgan_gp")


@pytest.mark.parametrize("name", ["wandb", "mlflow"])
def test_a_tracker_that_is_not_here_is_refused_before_the_run_begins(tmp_path, name, monkeypatch):
    monkeypatch.setattr("equipoise.training.trackers.find_spec", lambda name: None)
    refused(
        tmp_path,
        rf"{name}.*({'pip install' if name == 'wandb' else 'There are: tensorboard, wandb'})",
        **{"training.trackers": [name]},
    )


# ---- the run folder


def test_a_folder_that_holds_a_run_is_never_written_over(run):
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with pytest.raises(RunFolderError, match=f"already holds a run. Go on with it .`equipoise resume {run}`."):
        train(run)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_folder_that_holds_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(RunFolderError, match=r"not an empty folder. Choose another --out"):
        train(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_out_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(RunFolderError, match="not an empty folder"):
        train(tmp_path / "run")
    assert (tmp_path / "run").read_text() == "a file"


def test_a_read_only_place_is_told_before_the_data_are_read(tmp_path, monkeypatch):
    def refuse(self, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunFolderError, match=r"Permission denied. Choose an --out that you may write"):
        train(tmp_path / "run")


def test_resuming_and_loading_what_is_no_run_says_so(tmp_path):
    for act in (eq.resume, eq.load):
        with pytest.raises(RunFolderError, match="is no run folder: it has no"):
            act(tmp_path)


def test_a_damaged_recipe_is_named(run):
    (run / "recipe.json").write_text('{"name": "gan", ')
    with pytest.raises(RunFolderError, match=r"recipe\.json cannot be read"):
        eq.resume(run, show_progress=False)


# ---- the disk


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class FullDisk:
    """`os` for the checkpoint's writer, on a disk that is full: `at` is the call that finds it out."""

    def __init__(self, at: str) -> None:
        setattr(self, at, full_disk)

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


@pytest.mark.parametrize("at", ["replace", "fsync"])
def test_a_disk_that_fills_while_a_checkpoint_is_written_loses_nothing(run, at, monkeypatch):
    before = {path.name: path.read_bytes() for path in checkpoints(run)}
    with monkeypatch.context() as patched:
        patched.setattr(checkpoint_module, "os", FullDisk(at))
        with pytest.raises(CheckpointError, match=r"Cannot write .*No space left.*previous checkpoint is untouched"):
            eq.resume(run, images=8 * STEP, show_progress=False)
    assert {path.name: path.read_bytes() for path in checkpoints(run)} == before
    assert not list((run / "checkpoints").glob("*.partial"))
    assert eq.resume(run, images=8 * STEP, show_progress=False).finished


def test_a_disk_that_fills_while_a_picture_is_written_says_how_to_go_on(run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("equipoise.sampling.picture_file.os", FullDisk("replace"))
        with pytest.raises(RunFolderError, match=rf"No space left.*`equipoise resume {run}`"):
            eq.resume(run, images=8 * STEP, show_progress=False)
    assert eq.resume(run, images=8 * STEP, show_progress=False).finished


def test_what_a_killed_writer_left_behind_is_cleared_away(run):
    partial = run / "checkpoints" / "000000000099.safetensors.partial"
    partial.write_bytes(b"half")
    eq.resume(run, images=8 * STEP, show_progress=False)
    assert not partial.exists()


# ---- checkpoints


def test_a_truncated_checkpoint_is_named_and_the_one_before_it_goes_on(run, tmp_path, capsys):
    whole = tmp_path / "whole"
    train(whole, images=8 * STEP)
    newest = checkpoints(run)[-1]
    truncate(newest)
    eq.resume(run, images=8 * STEP)
    shown = capsys.readouterr().err
    assert f"{newest} is truncated or damaged" in shown
    assert "resumes from the checkpoint before it" in shown
    expected, found = (load_file(folder / "generator.safetensors") for folder in (whole, run))
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_only_truncated_checkpoints_are_an_error_that_names_them_all(run):
    for path in checkpoints(run):
        truncate(path)
    with pytest.raises(CheckpointError) as caught:
        eq.resume(run, show_progress=False)
    assert all(str(path) in str(caught.value) for path in checkpoints(run))
    assert "no usable checkpoint" in str(caught.value)


def test_a_checkpoint_of_another_run_is_refused(run, tmp_path):
    other = tmp_path / "other"
    train(other, settings=TINY | {"generator.hidden": [24]})
    checkpoints(other)[-1].rename(run / "checkpoints" / "000000009999.safetensors")
    with pytest.raises(CheckpointError, match="another recipe, other networks or other data"):
        eq.resume(run, images=9 * STEP, show_progress=False)


def test_a_recipe_changed_between_two_sessions_is_refused(run):
    recipe = json.loads((run / "recipe.json").read_text())
    recipe["generator"]["learning_rate"] = 0.5
    (run / "recipe.json").write_text(json.dumps(recipe))
    with pytest.raises(CheckpointError, match="another recipe"):
        eq.resume(run, show_progress=False)


def test_a_file_that_is_no_checkpoint_is_passed_over_by_its_header(run, capsys):
    foreign = run / "checkpoints" / "000000009999.safetensors"
    foreign.write_bytes((run / "generator.safetensors").read_bytes())
    eq.resume(run, images=5 * STEP)
    assert f"{foreign} is no checkpoint of this version" in capsys.readouterr().err


# ---- what is handed out


def test_a_damaged_generator_is_named_with_both_ways_out(run):
    truncate(run / "generator.safetensors")
    with pytest.raises(CheckpointError, match=r"truncated or damaged.*checkpoint='best', or resume"):
        eq.load(run)
    assert eq.load(run, checkpoint="best").sample(2).isfinite().all()


class Trap:
    """Unpickling this leaves a file behind."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (self.path, "w"))


def test_a_pickle_in_disguise_is_refused_and_never_run(run, tmp_path):
    sprung = tmp_path / "sprung"
    disguise = pickle.dumps(Trap(str(sprung)))
    for path in (run / "generator.safetensors", *checkpoints(run)):
        path.write_bytes(disguise)
    for act in (eq.load, lambda folder: eq.resume(folder, show_progress=False)):
        with pytest.raises(CheckpointError, match="truncated or damaged"):
            act(run)
    assert not sprung.exists()
    pickle.loads(disguise).close()  # the trap does work: the test could fail
    assert sprung.exists()


def test_a_label_asked_of_an_unconditional_generator_says_what_to_train(tmp_path):
    train(tmp_path / "run", settings=TINY | {"conditioning": "none"})
    with pytest.raises(SettingError, match=r"`label` is 3, but this generator is unconditional.*`cgan`"):
        eq.load(tmp_path / "run").sample(2, label=3)


@pytest.fixture
def named(tmp_path):
    """A run on two classes with names."""
    for name in ("cats", "dogs"):
        pictures(tmp_path / name, 10)
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("cats", "dogs"):
        (tmp_path / name).rename(photos / name)
    train(tmp_path / "run", photos, settings=TINY | {"training.batch_size": 8})
    return tmp_path / "run"


def test_an_unknown_label_names_the_near_ones_and_all_there_are(named):
    generator = eq.load(named)
    with pytest.raises(SettingError, match=r"'cat', which is no class .*Did you mean cats\? There are: cats, dogs"):
        generator.sample(2, label="cat")
    for label in (2, -1, "7"):
        with pytest.raises(SettingError, match=r"or 0 to 1"):
            generator.sample(2, label=label)
    with pytest.raises(SettingError, match="empty list"):
        generator.sample(2, label=[])


# ---- networks of one's own


class OwnGenerator(torch.nn.Module):
    def __init__(self, latent_dim: int = 100) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(latent_dim, 64)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.linear(latents)).view(-1, 1, 8, 8)


def test_a_generator_of_ones_own_that_is_missing_at_resume_or_load_is_asked_for(tmp_path):
    settings = TINY | {"conditioning": "none"}
    del settings["generator.hidden"]
    train(tmp_path / "run", settings=settings, generator=OwnGenerator())
    with pytest.raises(SettingError, match=r"a generator of your own.*eq\.resume\(run, generator="):
        eq.resume(tmp_path / "run", show_progress=False)
    with pytest.raises(SettingError, match=r"a generator of your own.*eq\.load\(run, generator="):
        eq.load(tmp_path / "run")
    with pytest.raises(EquipoiseError):
        eq.resume(tmp_path / "run", generator=OwnGenerator(latent_dim=99), show_progress=False)
    for which in ("last", "best"):
        with pytest.raises(CheckpointError, match="does not fit this network"):
            eq.load(tmp_path / "run", checkpoint=which, generator=OwnGenerator(latent_dim=99))
    assert eq.load(tmp_path / "run", generator=OwnGenerator()).sample(2).shape == (2, 1, 8, 8)


def test_data_given_as_an_object_are_asked_for_again_at_resume(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    train(tmp_path / "run", images)
    with pytest.raises(SettingError, match="data as a <ndarray>; pass the same as `source`"):
        eq.resume(tmp_path / "run", images=6 * STEP, show_progress=False)
    with pytest.raises(CheckpointError, match="other data"):
        eq.resume(tmp_path / "run", images=6 * STEP, source=255 - images, show_progress=False)
    assert eq.resume(tmp_path / "run", images=6 * STEP, source=images, show_progress=False).finished


# ---- divergence


def finite(path: Path) -> bool:
    weights = {k: v for k, v in load_file(path).items() if not k.startswith("random.") and v.is_floating_point()}
    return all(bool(value.isfinite().all()) for value in weights.values())


@pytest.mark.parametrize("read_every", [1, 1000])
def test_a_run_that_diverges_stops_says_so_and_saves_nothing_of_it(tmp_path, read_every):
    settings = OFTEN | {
        "objective.name": "minimax",
        "objective.real_target": 1.0,
        "generator.learning_rate": 1e30,
        "discriminator.learning_rate": 1e30,
        "training.read_every": read_every,  # with 1000 it is the saving, not the reading, that finds it out
    }
    with pytest.raises(TrainingDiverged, match=r"at [\d,]+ images; nothing of it was saved.*a lower learning rate"):
        train(tmp_path / "run", images=400 * STEP, settings=settings)
    last = events(tmp_path / "run")[-1]
    assert last["event"] == "diverged"
    assert last["value"] in ("nan", "inf", "-inf")
    assert checkpoints(tmp_path / "run")
    assert all(finite(path) for path in checkpoints(tmp_path / "run"))
    assert finite(tmp_path / "run" / "generator.safetensors")


def test_a_loss_that_is_no_number_is_written_down_as_strict_json(tmp_path, monkeypatch):
    step, calls = engine_module.generator_step, []

    def poisoned(state, game, real):
        record = step(state, game, real)
        calls.append(record)
        return record if len(calls) < 3 else type(record)(fake_logits=record.fake_logits, loss=record.loss * torch.nan)

    monkeypatch.setattr(engine_module, "generator_step", poisoned)
    with pytest.raises(TrainingDiverged, match="`loss/generator` became nan at 48 images"):
        train(tmp_path / "run", settings=TINY | {"training.engine": "eager"})
    lines = (tmp_path / "run" / "journal.jsonl").read_text().splitlines()
    entries = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert entries[-3]["signals"]["loss/generator"] == "nan"
    assert entries[-2]["finding"]["name"] == "non_finite"
    assert entries[-1] | {"seconds": 0} == {
        "images": 48, "seconds": 0, "event": "diverged", "signal": "loss/generator", "value": "nan"
    }  # fmt: skip
