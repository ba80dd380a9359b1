"""Arrays, idx files and downloads that cannot be used: refused with what was found and the way out."""

import gzip
import hashlib
import os
import struct
from urllib.error import URLError

import numpy as np
import pytest

from equipoise.core.errors import DataError
from equipoise.data import open_source
from equipoise.data.sources import arrays, named
from equipoise.data.sources.idx import read_idx

IMAGES = np.random.default_rng(0).random((5, 6, 6)).astype(np.float32)


def changed(index, value):
    images = IMAGES.copy()
    images[index, 2, 3] = value
    return images


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (changed(3, np.nan), "not finite.*image 3"),
        (changed(2, np.inf), "not finite.*image 2"),
        (changed(4, 200.0), r"outside \[-1, 1\].*image 4.*min .*max 200"),
        ((IMAGES * 255).astype(np.int32) + 10, r"outside \[0, 255\].*image"),
        (changed(0, -0.1), "could mean"),
        (IMAGES / 1000, "could mean"),
        (IMAGES > 0.5, "bool"),
        (IMAGES[0], r"\(6, 6\)"),
        (np.zeros((5, 3, 6, 3), np.uint8), "could be"),
        (np.zeros((5, 6, 6, 2), np.uint8), "no shape"),
        (np.zeros((0, 6, 6), np.uint8), "empty"),
        (np.array([[0.0, 1.0], [np.nan, 2.0]]), "index 1"),
    ],
)
def test_arrays_that_cannot_be_understood_are_refused(array, message):
    with pytest.raises(DataError, match=message):
        open_source(array)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros(4, int), "5 images but 4 labels"),
        (np.zeros(5), "float64"),
        (np.eye(5, dtype=int), "argmax"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path, labels, message):
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=labels)
    with pytest.raises(DataError, match=message):
        open_source(tmp_path / "a.npz")


def test_labels_beyond_the_named_classes_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=np.arange(5), classes=np.array(["a", "b"]))
    with pytest.raises(DataError, match="names 2 classes, but its labels run from 0 to 4"):
        open_source(tmp_path / "a.npz")


class Evil:
    def __reduce__(self):
        return (os.mkdir, ("evil-was-here",))


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_pickled_arrays_are_refused_and_run_nothing(tmp_path, monkeypatch, suffix):
    monkeypatch.chdir(tmp_path)
    evil = np.array([Evil(), Evil()], dtype=object)
    save = np.save if suffix == "npy" else np.savez
    save(tmp_path / f"a.{suffix}", evil, allow_pickle=True)
    with pytest.raises(DataError, match="object arrays are refused"):
        open_source(tmp_path / f"a.{suffix}")
    assert not (tmp_path / "evil-was-here").exists()


def test_array_files_that_are_damaged_or_hold_no_images_are_told(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(DataError, match=r"numpy\.savez"):
        open_source(tmp_path / "a.npz")
    (tmp_path / "e.npy").write_bytes(b"")
    with pytest.raises(DataError, match="Cannot read"):
        open_source(tmp_path / "e.npy")
    np.savez(tmp_path / "b.npz", pictures=IMAGES)
    with pytest.raises(DataError, match=r"pictures.*Name them"):
        open_source(tmp_path / "b.npz")


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "_MAX_UNPACKED_BYTES", 700)
    np.savez_compressed(tmp_path / "a.npz", images=np.zeros((5, 12, 12), np.uint8))
    with pytest.raises(DataError, match=r"unpacks to .*\.npy"):
        open_source(tmp_path / "a.npz")


def idx_bytes(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def test_idx_files_that_lie_about_their_length_are_refused(tmp_path):
    images = np.zeros((3, 4, 4), np.uint8)
    (tmp_path / "short").write_bytes(idx_bytes(images)[:-1])
    (tmp_path / "long").write_bytes(idx_bytes(images) + b"x")
    (tmp_path / "huge").write_bytes(bytes([0, 0, 8, 3]) + b"\xff" * 12)
    (tmp_path / "other").write_bytes(b"hello")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(idx_bytes(images))[:-9])
    messages = {"short": "only 47", "long": "more", "huge": "announces", "other": "does not start", "cut.gz": "read"}
    for name, message in messages.items():
        with pytest.raises(DataError, match=message):
            read_idx(tmp_path / name, dimensions=3)


def test_idx_directory_without_its_pair_is_refused(tmp_path):
    (tmp_path / "train-images.idx3-ubyte").write_bytes(idx_bytes(np.zeros((3, 4, 4), np.uint8)))
    with pytest.raises(DataError, match="train-labels-idx1-ubyte"):
        open_source(tmp_path)
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx_bytes(np.zeros(2, np.uint8)))
    with pytest.raises(DataError, match="3 images but 2 labels"):
        open_source(tmp_path)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A tiny data set published under a `file:` address."""
    public = tmp_path / "public"
    public.mkdir()
    files = []
    for name, array in ((named.IMAGES, np.zeros((3, 4, 4), np.uint8)), (named.LABELS, np.arange(3, dtype=np.uint8))):
        content = gzip.compress(idx_bytes(array))
        (public / f"{name}.gz").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        files.append(named.RemoteFile(name=f"{name}.gz", size=len(content), sha256=digest))
    monkeypatch.setitem(named.HOMES, "mnist", named.Home(url=f"{public.as_uri()}/", files=tuple(files)))
    return public


def test_named_data_is_fetched_once_and_then_read_from_the_cache(home, tmp_path):
    assert len(open_source("mnist")) == 3
    for path in home.iterdir():
        path.unlink()
    assert open_source("mnist").labels().tolist() == [0, 1, 2]


def test_a_wrong_checksum_keeps_nothing(home, tmp_path):
    target = home / f"{named.IMAGES}.gz"
    target.write_bytes(target.read_bytes()[:-1] + b"!")
    with pytest.raises(DataError, match=r"SHA-256.*nothing was kept"):
        open_source("mnist")
    assert list((tmp_path / "cache" / "mnist").iterdir()) == []


def test_a_file_that_never_ends_is_cut_off(home, tmp_path):
    (home / f"{named.IMAGES}.gz").write_bytes(b"x" * 1_000_000)
    with pytest.raises(DataError, match="nothing was kept"):
        open_source("mnist")


def test_without_a_network_the_error_says_what_to_put_where(tmp_path, monkeypatch):
    def unreachable(*_arguments, **_settings):
        raise URLError("Name or service not known")

    monkeypatch.setattr(named, "urlopen", unreachable)
    with pytest.raises(DataError, match=r"Name or service.*train-images.*train-labels.*cache.mnist.*pass a directory"):
        open_source("mnist")
    with pytest.raises(DataError, match="cannot be fetched"):
        open_source("stacked-mnist")
    assert list((tmp_path / "cache" / "mnist").iterdir()) == []
