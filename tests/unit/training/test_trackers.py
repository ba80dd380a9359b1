"""Where signals go beside the journal."""

import sys
from types import SimpleNamespace

import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from equipoise.core.errors import SettingError
from equipoise.training import trackers as trackers_module
from equipoise.training.trackers import make_trackers


@pytest.fixture
def picture(tmp_path):
    Image.new("RGB", (6, 4), (255, 0, 0)).save(tmp_path / "p.png")
    return tmp_path / "p.png"


def test_tensorboard_can_read_what_was_tracked(tmp_path, picture):
    (tracker,) = make_trackers(("tensorboard",), tmp_path, settings={}, resume_at=None)
    for images in (16, 32):
        tracker.signals(images, {"loss/generator": images / 4})
    tracker.picture(32, picture)
    tracker.close()
    read = EventAccumulator(str(tmp_path / "tensorboard"))
    read.Reload()
    assert [(event.step, event.value) for event in read.Scalars("loss/generator")] == [(16, 4.0), (32, 8.0)]
    (image,) = read.Images("samples")
    assert (image.step, image.width, image.height) == (32, 6, 4)


def test_after_a_resume_tensorboard_hides_what_lies_beyond_the_checkpoint(tmp_path):
    for resume_at, images in ((None, (16, 32, 48)), (32, (32,))):
        (tracker,) = make_trackers(("tensorboard",), tmp_path, settings={}, resume_at=resume_at)
        for seen in images:
            tracker.signals(seen, {"a/b": float(seen)})
        tracker.close()
    read = EventAccumulator(str(tmp_path / "tensorboard"))
    read.Reload()
    assert [event.step for event in read.Scalars("a/b")] == [16, 32]


def test_wandb_gets_the_settings_the_readings_and_the_pictures(tmp_path, picture, monkeypatch):
    logged, began, ended = [], {}, []
    fake_run = SimpleNamespace(log=logged.append, finish=lambda: ended.append(True))
    fake = SimpleNamespace(init=lambda **given: began.update(given) or fake_run, Image=lambda path: ("image", path))
    monkeypatch.setitem(sys.modules, "wandb", fake)
    monkeypatch.setattr(trackers_module, "find_spec", lambda name: name)
    (tracker,) = make_trackers(("wandb",), tmp_path, settings={"name": "gan"}, resume_at=None)
    tracker.signals(16, {"a/b": 1.0})
    tracker.picture(16, picture)
    tracker.close()
    assert began == {
        "dir": str(tmp_path), "name": tmp_path.name, "id": tmp_path.name, "resume": "allow", "config": {"name": "gan"}
    }  # fmt: skip
    assert logged == [{"images": 16, "a/b": 1.0}, {"images": 16, "samples": ("image", str(picture))}]
    assert ended == [True]


def test_wandb_that_is_not_installed_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr(trackers_module, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"pip install 'equipoise\[wandb\]'"):
        make_trackers(("tensorboard", "wandb"), tmp_path, settings={}, resume_at=None)
    assert not (tmp_path / "tensorboard").exists()


def test_an_unknown_tracker_names_those_there_are(tmp_path):
    with pytest.raises(SettingError, match=r"'mlflow'. There are: tensorboard, wandb"):
        make_trackers(("mlflow",), tmp_path, settings={}, resume_at=None)
