"""`evaluate` and `classifier`, from what a person names to what a person reads."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import equipoise as eq
from equipoise.core.errors import RunFolderError, SettingError
from equipoise.data import prepare
from equipoise.reports.classifier import describe_classifier
from equipoise.reports.evaluation import Request, evaluate
from equipoise.reports.evaluation_table import READINGS, evaluation_text


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("evaluation") / "tiny"
    settings = {"training.batch_size": 16, "training.trackers": [], "training.looks": 3, "generator.hidden": [16]}
    eq.train("digits", recipe="cgan", out=out, images=96, settings=settings, show_progress=False)
    return out


def folder(path: Path, count: int, shade: int) -> Path:
    path.mkdir()
    rng = np.random.default_rng(shade)
    for number in range(count):
        pixels = (rng.normal(size=(10, 10)) * 20 + shade).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(path / f"{number}.png")
    return path


def test_a_folder_against_a_folder(tmp_path: Path) -> None:
    real, fake = folder(tmp_path / "real", 80, 100), folder(tmp_path / "fake", 40, 140)
    report = evaluate(Request(targets=(str(fake),), against=str(real)), tmp_path / "out")
    (found,) = report.evaluations
    assert found["fid"].name == "frechet40-full-pixels10"
    assert found["precision"].value < 0.2
    written = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert written["evaluations"][0]["protocol"]["samples"] == 40
    with Image.open(tmp_path / "out" / "closest-pairs-fake.png") as sheet:
        assert sheet.width > 8 * 60
    text = evaluation_text(report.evaluations)
    assert "frechet40-full-pixels10" in text
    assert READINGS["fid"] in text
    assert "do not compare with published scores" in text
    assert "cannot span" in text


def test_a_run_against_its_own_data_and_several_side_by_side(run: Path, tmp_path: Path) -> None:
    request = Request(targets=(str(run), str(run)), n=60, features="pixels", metrics=("fid", "prdc"))
    report = evaluate(request, None)
    assert report.files == ()
    one, other = report.evaluations
    assert one.values == other.values
    assert one.protocol["weights"] == "moving average"
    assert one.protocol["checkpoint"] == "last"
    assert one.protocol["images"] == 96
    assert one.protocol["reals"] == 1797
    assert evaluation_text(report.evaluations).count("tiny") == 2


def test_all_checkpoints_become_a_curve(run: Path, tmp_path: Path) -> None:
    request = Request(targets=(str(run),), checkpoints=("all",), n=60, features="pixels", metrics=("fid",))
    report = evaluate(request, tmp_path)
    images = [one.protocol["images"] for one in report.evaluations]
    assert len(images) > 1
    assert images == sorted(images)
    assert {one.subject for one in report.evaluations} == {f"tiny @{at}" for at in images}
    with Image.open(tmp_path / "fid-over-training.png") as curve:
        assert len(curve.getcolors(100_000)) > 3
    with pytest.raises(RunFolderError, match=f"Kept are: {images[0]}, "):
        evaluate(Request(targets=(str(run),), checkpoints=("7",), features="pixels"), None)
    with pytest.raises(SettingError, match="last, best, all"):
        evaluate(Request(targets=(str(run),), checkpoints=("newest",), features="pixels"), None)


def test_a_conditional_run_is_asked_for_the_classes_of_the_data(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.evaluation.classifier_training.LEAST_STEPS", 30)
    request = Request(targets=(str(run),), n=50, features="classifier", metrics=("accuracy", "is", "fid-by-class"))
    (found,) = evaluate(request, None).evaluations
    assert 0 <= found["accuracy"].value <= 1
    assert found["accuracy"].details["chance"] == pytest.approx(0.1, abs=0.05)
    assert len(found["fid-by-class"].details["by_class"]) == 10


def test_without_data_to_compare_with_it_asks_for_some(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="--against"):
        evaluate(Request(targets=(str(folder(tmp_path / "some", 3, 9)),)), None)


def test_a_bias_is_told_of(tmp_path: Path) -> None:
    real = folder(tmp_path / "real", 80, 100)
    report = evaluate(Request(targets=(str(real),), against=str(real), metrics=("fid",)), None)
    assert any("distance too high" in note for note in report.evaluations[0]["fid"].notes)


def test_a_classifier_is_judged_on_the_test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.evaluation.classifier_training.LEAST_STEPS", 60)
    digits = prepare("digits")
    images, labels = digits.stored().numpy()[:, 0], digits.labels.numpy().astype(np.uint8)
    for name, part in (("train", slice(0, 1500)), ("t10k", slice(1500, None))):
        for kind, values in (("images-idx3", images[part]), ("labels-idx1", labels[part])):
            header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, dtype=">u4").tobytes()
            (tmp_path / f"{name}-{kind}-ubyte").write_bytes(header + values.tobytes())
    said = describe_classifier(str(tmp_path), seed=0, epochs=0.1)
    assert "trained now" in said
    assert "of 297 right" in said
    assert "from the cache" in describe_classifier(str(tmp_path), seed=0, epochs=0.1)


def test_memory_stays_bounded_whatever_the_number_of_samples(tmp_path: Path) -> None:
    import tracemalloc

    from equipoise.evaluation import GeneratedSet, pixel_extractor
    from equipoise.evaluation.features import features_of

    generator = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.Unflatten(1, (1, 8, 8)))
    samples = GeneratedSet(name="g", generator=generator, latent_dim=2, sample_shape=(1, 8, 8), count=20_000, seed=0)
    tracemalloc.start()
    with features_of(samples, pixel_extractor((1, 8, 8)), cache=tmp_path) as features:
        features.moments()
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < features.features.nbytes / 2
