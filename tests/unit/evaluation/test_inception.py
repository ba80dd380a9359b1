import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from equipoise.core.errors import DataError, SettingError
from equipoise.evaluation.inception import InceptionV3, inception_extractor, inception_input
from equipoise.evaluation.inception_weights import PUBLISHED, cached_weights, find_weights, read_weights
from equipoise.evaluation.resize import resize_like_tensorflow


@pytest.fixture(scope="module")
def network() -> InceptionV3:
    torch.manual_seed(0)
    return InceptionV3().eval()


@pytest.fixture(scope="module")
def stand_in(network: InceptionV3, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the published one's shape, its numbers random; like that one, without the counters of the norms."""
    path = tmp_path_factory.mktemp("weights") / "stand-in.pth"
    tensors = network.state_dict()
    torch.save({name: value for name, value in tensors.items() if not name.endswith("num_batches_tracked")}, path)
    return path


def resized_by_definition(image: np.ndarray, size: int) -> np.ndarray:
    """tf.compat.v1.image.resize_bilinear, align_corners=False, one output pixel at a time."""
    height, width = image.shape
    out = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            y, x = i * height / size, j * width / size
            top, left = int(y), int(x)
            bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
            above = image[top, left] * (1 - (x - left)) + image[top, right] * (x - left)
            below = image[bottom, left] * (1 - (x - left)) + image[bottom, right] * (x - left)
            out[i, j] = above * (1 - (y - top)) + below * (y - top)
    return out


@pytest.mark.parametrize(("shape", "size"), [((5, 7), 13), ((9, 9), 4), ((3, 3), 3)])
def test_resizing_is_that_of_tensorflow_1(shape: tuple[int, int], size: int) -> None:
    image = np.random.default_rng(0).random(shape)
    seen = resize_like_tensorflow(torch.from_numpy(image)[None, None], size)[0, 0].numpy()
    np.testing.assert_allclose(seen, resized_by_definition(image, size), atol=1e-6)


def test_resizing_does_not_shift_by_half_a_pixel() -> None:
    ramp = torch.arange(4.0)[None, None, None].expand(1, 1, 4, 4)
    assert resize_like_tensorflow(ramp, 8)[0, 0, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3]


def test_the_network_has_the_size_of_the_published_graph(network: InceptionV3) -> None:
    assert sum(parameter.numel() for parameter in network.parameters()) == 23_850_960
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert len(convolutions) == 94
    assert network.fc.weight.shape == (1008, 2048)
    assert {layer.eps for layer in network.modules() if isinstance(layer, torch.nn.BatchNorm2d)} == {0.001}


def test_the_maps_have_the_sizes_of_the_paper(network: InceptionV3) -> None:
    sides: dict[str, tuple[int, ...]] = {}
    for name in ("Conv2d_1a_3x3", "Conv2d_4a_3x3", "Mixed_5d", "Mixed_6a", "Mixed_6e", "Mixed_7a", "Mixed_7c"):
        getattr(network, name).register_forward_hook(
            lambda module, given, out, name=name: sides.__setitem__(name, tuple(out.shape[1:]))
        )
    with torch.no_grad():
        features = network(torch.zeros(1, 3, 299, 299))
    assert features.shape == (1, 2048)
    assert sides == {
        "Conv2d_1a_3x3": (32, 149, 149),
        "Conv2d_4a_3x3": (192, 71, 71),
        "Mixed_5d": (288, 35, 35),
        "Mixed_6a": (768, 17, 17),
        "Mixed_6e": (768, 17, 17),
        "Mixed_7a": (1280, 8, 8),
        "Mixed_7c": (2048, 8, 8),
    }


def test_levels_become_what_the_graph_expects() -> None:
    grey = torch.tensor([-1.0, 0.0 + 1 / 255, 1.0]).view(3, 1, 1, 1).expand(3, 1, 8, 8)
    seen = inception_input(grey)
    assert seen.shape == (3, 3, 299, 299)
    assert seen[:, 0, 0, 0].tolist() == [-1.0, 0.0, 127 / 128]


def test_probabilities_are_of_the_logits_without_bias(network: InceptionV3) -> None:
    features = torch.rand(2, 2048)
    expected = (features @ network.fc.weight.T).softmax(dim=1)
    torch.testing.assert_close(network.probabilities(features), expected)


def test_a_stand_in_file_is_loaded_and_named_by_its_hash(stand_in: Path, network: InceptionV3) -> None:
    weights = read_weights(stand_in)
    assert weights.digest == hashlib.sha256(stand_in.read_bytes()).hexdigest()
    extractor = inception_extractor(weights)
    assert extractor.name == f"inception-v3-{weights.digest[:8]}"
    assert not extractor.published
    images = torch.rand(2, 1, 28, 28) * 2 - 1
    seen = extractor.extract(images)
    with torch.no_grad():
        torch.testing.assert_close(seen.features, network(inception_input(images)))
    assert seen.probabilities is not None
    assert seen.probabilities.shape == (2, 1008)


def test_only_the_published_file_bears_the_published_name(stand_in: Path) -> None:
    weights = replace(read_weights(stand_in), digest=PUBLISHED.sha256)
    extractor = inception_extractor(weights)
    assert extractor.name == "inception-v3-tf"
    assert extractor.published


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"layer.weight": torch.zeros(3)}, path)
    with pytest.raises(SettingError, match="does not fit Inception-v3"):
        inception_extractor(read_weights(path))


@pytest.mark.parametrize("content", [b"not a weights file", pickle.dumps(print, protocol=2), b""])
def test_a_file_that_is_no_plain_weights_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "code.pth"
    path.write_bytes(content)
    with pytest.raises(SettingError, match="no plain weights file"):
        read_weights(path)


def test_torchscript_is_refused_because_it_runs_code(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "inception-2015-12-05.pt"
    with zipfile.ZipFile(path, "w") as archive:  # the outside of a TorchScript file
        archive.writestr("inception/constants.pkl", pickle.dumps(()))
        archive.writestr("inception/code/__torch__.py", "raise SystemExit")
    with pytest.raises(SettingError, match="TorchScript"):
        read_weights(path)


def test_a_wrong_file_in_the_cache_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stand_in: Path) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    cached_weights().parent.mkdir(parents=True)
    cached_weights().write_bytes(stand_in.read_bytes())
    with pytest.raises(DataError, match="delete it"):
        find_weights()


def test_a_download_is_checked_and_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stand_in: Path) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    content = stand_in.read_bytes()
    remote = replace(PUBLISHED, url=stand_in.as_uri(), size=len(content), sha256=hashlib.sha256(content).hexdigest())
    with pytest.raises(DataError, match="nothing was kept"):
        find_weights(remote=replace(remote, sha256="0" * 64))
    assert list(cached_weights().parent.iterdir()) == []
    assert find_weights(remote=remote).digest == remote.sha256
    assert cached_weights().exists()


def test_without_weights_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    missing = replace(PUBLISHED, url=(tmp_path / "nowhere").as_uri())
    with pytest.raises(DataError) as caught:
        find_weights(remote=missing)
    said = str(caught.value)
    for word in (PUBLISHED.name, PUBLISHED.sha256, str(cached_weights().parent), "--weights", "classifier", "pixels"):
        assert word in said
