"""The sources that real people train on, against facts published about them."""

import io
import tarfile

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits

from equipoise.data import inspect_source, open_source, prepare
from equipoise.data.sources.idx import open_idx
from equipoise.data.sources.stacked_mnist import open_stacked_mnist, stacked

MNIST_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_digits_are_those_of_scikit_learn():
    theirs, ours = load_digits(), open_source("digits")
    pixels = np.stack([np.asarray(ours.read(i).image) for i in range(len(ours))])
    np.testing.assert_array_equal(pixels, np.round(theirs.images * 255 / 16))
    np.testing.assert_array_equal(ours.labels(), theirs.target)


def test_fashion_mnist_has_its_published_labels_classes_and_counts(shared):
    source = open_source(shared / "fashion-mnist")
    assert source.labels()[:10].tolist() == [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]
    assert source.classes[9] == "ankle boot"
    assert np.bincount(source.labels()).tolist() == [6000] * 10


def test_fashion_classes_are_known_whatever_the_directory_is_called(shared, tmp_path):
    renamed = tmp_path / "clothes"
    renamed.symlink_to(shared / "fashion-mnist")
    assert open_source(str(renamed)).classes[0] == "T-shirt/top"


def test_mnist_has_its_published_labels_and_counts(shared):
    source = open_source(str(shared / "mnist"))
    assert source.labels()[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(source.labels()).tolist() == MNIST_COUNTS
    assert source.classes == tuple("0123456789")


def test_cifar_rows_come_through_preparation_unchanged(shared, tmp_path):
    path = shared / "cifar10" / "cifar10-first4000.npz"
    store = prepare(path, cache=tmp_path)
    with np.load(path) as archive:
        images, labels = archive["images"], archive["labels"]
    assert store.sample_shape == (3, 32, 32)
    np.testing.assert_array_equal(store.stored().numpy(), images.transpose(0, 3, 1, 2))
    assert store.labels[:10].tolist() == labels[:10].tolist() == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]


def test_photos_of_hands_are_decoded_as_pillow_decodes_them(shared, tmp_path):
    wanted = 24
    with tarfile.open(shared / "images" / "sign-digits-100px.tar.xz", "r|xz") as archive:
        for member in archive:
            if member.name.lower().endswith(".jpg"):
                target = tmp_path / "hands" / f"c{wanted % 3}" / f"{wanted}.JPG"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.extractfile(member).read())
                wanted -= 1
            if wanted == 0:
                break
    store = prepare(tmp_path / "hands", size=32, cache=tmp_path / "c")
    assert len(store) == 24
    assert store.classes == ("c0", "c1", "c2")
    first = sorted((tmp_path / "hands" / "c0").iterdir(), key=lambda path: path.name)[0]
    direct = Image.open(io.BytesIO(first.read_bytes())).resize((32, 32), Image.Resampling.LANCZOS)
    difference = store.stored()[0].float() - torch.from_numpy(np.asarray(direct).copy()).permute(2, 0, 1)
    assert difference.abs().max() <= 1


def test_stacked_mnist_shows_the_digits_its_mode_names(shared):
    base = open_idx(shared / "mnist")
    source = stacked(base, count=50, seed=3)
    picture = np.asarray(source.read(7).image)
    digits = source.chosen[7]
    for channel in range(3):
        np.testing.assert_array_equal(picture[..., channel], base.images[digits[channel]])
    red, green, blue = base.numbers[digits]
    assert source.labels()[7] == 100 * red + 10 * green + blue
    assert source.classes is None


def test_stacked_mnist_keeps_modes_and_conditions_on_nothing(shared, tmp_path):
    store = prepare(stacked(open_idx(shared / "mnist"), count=64), cache=tmp_path)
    assert store.sample_shape == (3, 28, 28)
    assert store.labels is None
    assert store.modes.shape == (64,)
    assert store.batch(torch.arange(4))[1] is None


def test_stacked_mnist_of_a_directory_has_its_default_size_and_all_modes(shared):
    source = open_stacked_mnist(f"stacked-mnist:{shared / 'mnist'}")
    assert len(source) == 128_000
    assert len(np.unique(source.labels())) == 1000


def test_inspecting_part_of_fashion_mnist_finds_nothing_wrong(shared):
    report = inspect_source(shared / "fashion-mnist", at_most=500)
    assert (report.count, report.examined) == (60_000, 500)
    assert report.sizes == {(28, 28): 500}
    assert report.corrupt == report.constant == ()
    assert report.notes == ()
