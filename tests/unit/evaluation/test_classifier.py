from pathlib import Path

import numpy as np
import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.data import Store, prepare
from equipoise.evaluation.classifier import Classifier, ClassifierSpec, classifier_extractor
from equipoise.evaluation.classifier_training import classifier_of


@pytest.fixture(scope="module")
def digits() -> Store:
    return prepare("digits")


@pytest.mark.parametrize(("channels", "size"), [(1, 8), (1, 28), (3, 32), (3, 100)])
def test_it_takes_images_of_any_size(channels: int, size: int) -> None:
    network = Classifier(ClassifierSpec(channels=channels, size=size, classes=7)).eval()
    seen = classifier_extractor(network, digest="0" * 64).extract(torch.zeros(2, channels, size, size))
    assert seen.features.shape == (2, 128)
    assert seen.probabilities is not None
    torch.testing.assert_close(seen.probabilities.sum(dim=1), torch.ones(2))


def test_it_learns_and_is_kept(digits: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.evaluation.classifier_training.LEAST_STEPS", 150)
    calls: list[tuple[int, int]] = []
    first = classifier_of(digits, cache=tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert first.trained
    assert first.record.accuracy > 0.95
    assert first.record.interval.low < first.record.accuracy <= first.record.interval.high
    assert calls[-1][0] == calls[-1][1] == 150
    second = classifier_of(digits, cache=tmp_path)
    assert not second.trained
    assert second.record == first.record
    images = torch.rand(4, 1, 8, 8)
    torch.testing.assert_close(first.network.eval()(images), second.network(images))


def test_the_seed_alone_decides_it(digits: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.evaluation.classifier_training.LEAST_STEPS", 5)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    one = classifier_of(digits, epochs=0.01, cache=tmp_path / "a")
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    again = classifier_of(digits, epochs=0.01, cache=tmp_path / "b")
    other = classifier_of(digits, epochs=0.01, cache=tmp_path / "b", seed=1)
    assert one.record == again.record
    assert other.record.digest != one.record.digest


def test_damaged_weights_are_trained_again(digits: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.evaluation.classifier_training.LEAST_STEPS", 3)
    first = classifier_of(digits, epochs=0.01, cache=tmp_path)
    (weights,) = (tmp_path / "classifiers").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:100])
    assert classifier_of(digits, epochs=0.01, cache=tmp_path).trained
    assert classifier_of(digits, epochs=0.01, cache=tmp_path).record == first.record


def test_data_without_classes_is_refused_with_the_way_out() -> None:
    with pytest.raises(SettingError, match="--features pixels"):
        classifier_of(prepare(np.zeros((70, 8, 8), dtype=np.uint8)))
    with pytest.raises(SettingError, match="points"):
        classifier_of(prepare("ring-8"))
