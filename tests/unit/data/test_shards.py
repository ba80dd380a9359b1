"""Tar shards as WebDataset writes them, and what may be wrong with them."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from equipoise.core.errors import DataError
from equipoise.data import open_source, prepare
from equipoise.data.sources import shards as module


def png(shade: int, size: tuple[int, int] = (12, 12)) -> bytes:
    content = io.BytesIO()
    Image.new("L", size, shade).save(content, "PNG")
    return content.getvalue()


def shard(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def sample(number: int, label: str) -> dict[str, bytes]:
    return {f"{number:05d}.png": png(number), f"{number:05d}.cls": f"{label}\n".encode()}


@pytest.fixture
def folder(tmp_path) -> Path:
    where = tmp_path / "shards"
    where.mkdir()
    for part in range(3):
        files: dict[str, bytes] = {}
        for number in range(part * 4, part * 4 + 4):
            files |= sample(number, str(number % 10))
        shard(where / f"train-{part:03d}.tar", files)
    return where


def test_every_image_meets_its_label_whatever_shard_it_lies_in(folder, tmp_path):
    source = open_source(str(folder))
    assert source.kind == "shards"
    assert source.classes == tuple("0123456789")
    assert "12 images in 3 tar shards, 10 classes" in source.description
    assert source.item(5) == "train-001.tar:00005.png"
    store = prepare(source, cache=tmp_path / "cache")
    assert store.sample_shape == (1, 12, 12)
    assert store.stored()[:, 0, 0, 0].tolist() == list(range(12))
    assert store.labels.tolist() == [number % 10 for number in range(12)]


def test_one_shard_alone_and_classes_by_name(tmp_path):
    path = shard(tmp_path / "pets.tar", sample(0, "dog") | sample(1, "cat") | sample(2, "dog"))
    source = open_source(path)
    assert source.classes == ("cat", "dog")
    assert source.labels().tolist() == [1, 0, 1]
    assert source.name == "pets"


def test_keys_end_at_the_first_point_and_other_files_do_not_matter(tmp_path):
    files = {"a/0.left.png": png(1), "a/0.cls": b"0", "b/0.png": png(2), "b/0.cls": b"1", "a/0.json": b"{}"}
    source = open_source(shard(tmp_path / "s.tar", files))
    assert len(source) == 2
    assert source.labels().tolist() == [0, 1]


def test_the_fingerprint_changes_with_any_byte(tmp_path):
    def survey(name: str, shade: int):
        return open_source(shard(tmp_path / name, {"0.png": png(shade), "1.png": png(0)})).survey()

    assert survey("a.tar", 7).fingerprint == survey("b.tar", 7).fingerprint != survey("c.tar", 8).fingerprint


def test_labels_for_some_images_only_are_refused(tmp_path):
    files = sample(0, "0") | sample(1, "1") | {"00002.png": png(2)}
    with pytest.raises(DataError, match=r"1 of 3 images .* have no \.cls"):
        open_source(shard(tmp_path / "s.tar", files))


def test_nothing_to_train_on_is_said(tmp_path):
    with pytest.raises(DataError, match="hold no images"):
        open_source(shard(tmp_path / "s.tar", {"readme.txt": b"hello"}))


def test_what_is_no_tar_file_is_named(tmp_path):
    (tmp_path / "s.tar").write_bytes(b"\x1f\x8b" + b"no tar" * 100)
    with pytest.raises(DataError, match=r"s\.tar` cannot be read"):
        open_source(tmp_path / "s.tar")


def test_links_sparse_files_and_paths_that_lead_out_are_only_names(tmp_path):
    with tarfile.open(tmp_path / "s.tar", "w") as archive:
        link = tarfile.TarInfo("0.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name, shade in (("../../escaped.png", 3), ("/absolute.png", 4)):
            entry = tarfile.TarInfo(name)
            content = png(shade)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    source = open_source(tmp_path / "s.tar")
    assert len(source) == 2
    assert [np.asarray(source.read(index).image)[0, 0] for index in range(2)] == [3, 4]
    assert [path.name for path in tmp_path.rglob("*")] == ["s.tar"]


def test_a_damaged_image_is_left_out_and_a_shard_cut_short_is_told(tmp_path):
    files: dict[str, bytes] = {}
    for number in range(200):
        files |= sample(number, str(number % 2))
    files["00100.png"] = b"no picture"
    store = prepare(shard(tmp_path / "s.tar", files), cache=tmp_path / "cache")
    assert [name for name, _ in store.manifest.skipped] == ["s.tar:00100.png"]

    whole = shard(tmp_path / "cut.tar", {"0.png": png(1), "1.png": png(2)}).read_bytes()
    source = open_source(tmp_path / "cut.tar")
    (tmp_path / "cut.tar").write_bytes(whole[: source.members[1].offset + 10])
    with pytest.raises(ValueError, match="ends in the middle"):
        source.read(1)


def test_a_file_too_large_is_not_loaded(tmp_path, monkeypatch):
    source = open_source(shard(tmp_path / "s.tar", {"0.png": png(1), "1.png": png(2)}))
    monkeypatch.setattr(module, "LARGEST_IMAGE", 10)
    with pytest.raises(ValueError, match="more than the"):
        source.read(0)
