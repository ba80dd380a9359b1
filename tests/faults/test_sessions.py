"""Two sessions, used-up budgets and other ways to go on that would go wrong."""

import json
from pathlib import Path

import numpy as np
import pytest

import equipoise as eq
from equipoise.core.errors import DataError, RunFolderError, SettingError
from equipoise.core.layout import RunLayout
from equipoise.core.lock import only_one_process

TINY = {"training.batch_size": 16, "training.trackers": [], "training.looks": 1, "generator.hidden": [8]}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    eq.train("digits", recipe="gan", out=tmp_path / "run", images=64, settings=TINY, show_progress=False)
    return tmp_path / "run"


def test_a_second_session_in_the_same_folder_is_refused_while_the_first_trains(run):
    journal = (run / "journal.jsonl").read_bytes()
    with (
        only_one_process(RunLayout(run).lock),
        pytest.raises(RunFolderError, match=r"Another process is training in .*run"),
    ):
        eq.resume(run, images=128, show_progress=False)
    assert (run / "journal.jsonl").read_bytes() == journal


def test_a_used_up_budget_asks_for_a_new_one(run):
    with pytest.raises(SettingError, match=r"used up its budget: 64 images .* `--images` or `--time`"):
        eq.resume(run, show_progress=False)


def test_a_new_budget_is_remembered_by_the_run(run):
    eq.resume(run, images=128, show_progress=False)
    assert json.loads((run / "recipe.json").read_text())["training"]["images"] == 128


def test_another_length_under_linear_decay_is_refused_by_name(tmp_path):
    settings = TINY | {"training.decay": "linear"}
    eq.train("digits", recipe="gan", out=tmp_path / "run", images=64, settings=settings, show_progress=False)
    with pytest.raises(SettingError, match=r"`images` is 128, .* over 64 images \(training.decay=linear\)"):
        eq.resume(tmp_path / "run", images=128, show_progress=False)


@pytest.mark.parametrize("damage", [{"latent_dim": "many"}, {"spec": {"architecture": "perceptron"}}, {"format": "?"}])
def test_a_damaged_generator_file_names_the_field(run, damage):
    path = run / "generator.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    with pytest.raises(RunFolderError, match=f"generator.json is damaged or of another version: `{next(iter(damage))}"):
        eq.load(run)


def test_loading_to_a_device_that_is_not_here_says_what_is(run):
    with pytest.raises(SettingError, match="this machine offers cpu"):
        eq.load(run, device="cuda:7")


def test_data_that_are_one_image_many_times_are_refused_and_the_folder_stays_free(tmp_path):
    images = np.full((100, 16, 16), 7, dtype=np.uint8)
    with pytest.raises(DataError, match="all the same"):
        eq.train(images, recipe="gan", out=tmp_path / "run", images=64, settings=TINY, show_progress=False)
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").iterdir())


def test_the_home_of_somebody_unknown_is_no_source(tmp_path):
    with pytest.raises(DataError, match="There is no source `~nobody-of-that-name/x`"):
        eq.train("~nobody-of-that-name/x", recipe="gan", out=tmp_path / "run", images=64)
