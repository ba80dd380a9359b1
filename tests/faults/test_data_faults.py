"""Bad input to the data room: each is told with the value found and the way out, none stops or fills the machine."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from equipoise.core.errors import DataError, SettingError
from equipoise.data import inspect_source, open_source, prepare
from equipoise.data import writer as writer_module
from equipoise.data.picture import read_picture


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def photos(tmp_path):
    root = tmp_path / "photos"
    root.mkdir()
    for number in range(10):
        pixels = np.random.default_rng(number).integers(0, 256, (12, 12, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / f"{number:03}.png")
    return root


def bomb(width, height):
    """A valid PNG header over next to no data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


DAMAGED = {
    "empty": lambda whole: b"",
    "text": lambda whole: b"this is no picture",
    "truncated": lambda whole: whole[: len(whole) // 2],
    "pillow's bomb": lambda whole: bomb(30_000, 30_000),
    "our bomb": lambda whole: bomb(10_001, 10_001),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_picture_is_skipped_and_listed(photos, tmp_path, damage):
    (photos / "003.png").write_bytes(damage((photos / "003.png").read_bytes()))
    store = prepare(photos, size=12, cache=tmp_path / "c", allow_bad_share=0.1)
    assert len(store) == 9
    ((name, reason),) = store.manifest.skipped
    assert name == "003.png"
    assert reason
    assert "003.png" in " ".join(store.notes)
    assert inspect_source(photos).corrupt[0][0] == "003.png"


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_too_many_damaged_pictures_are_an_error_that_names_them(photos, tmp_path, damage):
    for name in ("003.png", "007.png"):
        (photos / name).write_bytes(damage((photos / name).read_bytes()))
    with pytest.raises(DataError, match=r"2 or more of the 10 .*20\.0%.*allow_bad_share.*003\.png: .*larger share"):
        prepare(photos, size=12, cache=tmp_path / "c", allow_bad_share=0.1)
    assert not list((tmp_path / "c").glob("*.partial"))


def test_a_stricter_share_refuses_what_a_laxer_one_prepared(photos, tmp_path):
    (photos / "003.png").write_bytes(b"")
    prepare(photos, cache=tmp_path / "c", allow_bad_share=0.5)
    with pytest.raises(DataError, match="allow_bad_share"):
        prepare(photos, cache=tmp_path / "c")


def test_more_than_100_megapixels_are_refused_before_decoding(tmp_path):
    (tmp_path / "a.png").write_bytes(bomb(10_001, 10_001))
    with pytest.warns(Image.DecompressionBombWarning), pytest.raises(ValueError, match="more than the 100 megapixels"):
        read_picture(tmp_path / "a.png")


def test_32_bit_and_float_pictures_are_refused_not_guessed(tmp_path):
    Image.fromarray(np.full((4, 4), 1_000_000, np.int32)).save(tmp_path / "i.tif")
    Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(tmp_path / "f.tif")
    with pytest.raises(ValueError, match="1000000"):
        read_picture(tmp_path / "i.tif")
    with pytest.raises(ValueError, match="floating-point"):
        read_picture(tmp_path / "f.tif")


def test_one_file_that_may_not_be_read_is_skipped(photos, tmp_path, monkeypatch):
    genuine = Path.open

    def refusing(self, *arguments, **settings):
        if self.name == "003.png":
            raise PermissionError(13, "Permission denied")
        return genuine(self, *arguments, **settings)

    monkeypatch.setattr(Path, "open", refusing)
    monkeypatch.setattr("equipoise.data.sources.folder.read_picture", lambda path, at_least: _refused(path, at_least))
    store = prepare(photos, cache=tmp_path / "c", allow_bad_share=0.1)
    assert store.manifest.skipped == (("003.png", "Permission denied"),)


def _refused(path, at_least):
    if path.name == "003.png":
        raise PermissionError(13, "Permission denied")
    return read_picture(path, at_least=at_least)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_that_may_not_be_listed_is_told(photos):
    photos.chmod(0)
    try:
        with pytest.raises(DataError, match="permissions"):
            open_source(photos)
    finally:
        photos.chmod(0o755)


def test_a_folder_that_cannot_be_listed_is_told(photos, monkeypatch):
    def refused(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(DataError, match=r"Permission denied.*permissions"):
        open_source(photos)


def test_a_missing_source_suggests_what_could_be_meant(photos):
    with pytest.raises(DataError, match=r"Did you mean `fashion-mnist`.*a folder of images"):
        open_source("fashionmnist")
    with pytest.raises(DataError, match=r"Did you mean `.*photos`"):
        open_source(str(photos.parent / "photo"))
    with pytest.raises(DataError, match=r"no known name.*digits, fashion-mnist, mnist, stacked-mnist, ring-8"):
        open_source(Path("/nowhere/at/all"))


def test_an_empty_folder_says_what_is_wanted(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("nothing")
    with pytest.raises(DataError, match=r"no images.*\.png"):
        open_source(tmp_path / "empty")


def test_loose_images_beside_classes_are_refused_with_the_way_out(photos):
    (photos / "cat").mkdir()
    (photos / "000.png").rename(photos / "cat" / "000.png")
    with pytest.raises(DataError, match=r"9 images beside the sub-folders cat.*Move"):
        open_source(photos)


def test_splits_are_not_taken_for_classes(tmp_path):
    for split in ("train", "test"):
        (tmp_path / "d" / split).mkdir(parents=True)
        Image.new("L", (4, 4)).save(tmp_path / "d" / split / "a.png")
    with pytest.raises(DataError, match="splits, not classes"):
        open_source(tmp_path / "d")


def test_a_single_picture_or_an_archive_is_refused_with_advice(photos, tmp_path):
    with pytest.raises(DataError, match="pass its folder"):
        open_source(photos / "000.png")
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="Unpack"):
        open_source(tmp_path / "a.zip")


def test_one_image_is_too_few(tmp_path):
    with pytest.raises(DataError, match=r"only 1 image.*at least 2"):
        prepare(np.zeros((1, 8, 8), np.uint8), cache=tmp_path)
    with pytest.raises(DataError, match="at least 2"):
        prepare(np.zeros((1, 2)), cache=tmp_path)


def test_one_usable_image_of_two_is_too_few(photos, tmp_path):
    for number in range(2, 10):
        (photos / f"{number:03}.png").unlink()
    (photos / "001.png").write_bytes(b"")
    with pytest.raises(DataError, match="only 1 image"):
        prepare(photos, cache=tmp_path / "c", allow_bad_share=1.0)


def test_a_full_disk_is_told_before_anything_is_written(photos, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(writer_module.shutil, "disk_usage", lambda _path: usage(10, 10, 0))
    with pytest.raises(DataError, match=r"GB are free.*EQUIPOISE_CACHE"):
        prepare(photos, cache=tmp_path / "c")


def test_a_write_that_fails_is_told_with_its_place(photos, tmp_path, monkeypatch):
    def full(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer_module, "_flush", full)
    with pytest.raises(DataError, match=r"Cannot write under .*No space left"):
        prepare(photos, cache=tmp_path / "c")


def test_a_cache_that_is_a_file_is_told(photos, tmp_path):
    (tmp_path / "c").write_text("")
    with pytest.raises(DataError, match="Cannot write under"):
        prepare(photos, cache=tmp_path / "c")


@pytest.mark.parametrize(
    ("settings", "message"), [({"size": 0}, "size"), ({"channels": 2}, "channels"), ({"allow_bad_share": 2.0}, "share")]
)
def test_impossible_settings_name_themselves(settings, message):
    with pytest.raises(SettingError, match=f"`.*{message}` is"):
        prepare("digits", **settings)


def test_two_preparations_of_the_same_data_at_once_agree(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (600, 8, 8), dtype=np.uint8)
    stores = []
    threads = [threading.Thread(target=lambda: stores.append(prepare(images, cache=tmp_path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores) == 3
    for store in stores:
        assert torch.equal(store.stored()[:, 0], torch.from_numpy(images))


KILLED = """
import sys, time
from pathlib import Path
from equipoise.data import prepare
from equipoise.data import preparation
from equipoise.data.sources.folder import FolderSource
genuine = FolderSource.read
def slow(self, index, *, at_least=None):
    time.sleep(0.2 if index > 3 else 0)
    return genuine(self, index, at_least=at_least)
FolderSource.read = slow
preparation._CHUNK_ITEMS = 2
prepare(sys.argv[1], cache=Path(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_process_killed_while_preparing_leaves_work_that_can_be_taken_up(photos, tmp_path):
    expected = prepare(photos, cache=tmp_path / "whole").stored()
    source = str(Path(__file__).resolve().parents[2] / "src")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(photos), str(tmp_path / "c")], env={**os.environ, "PYTHONPATH": source}
    )
    deadline = time.monotonic() + 60
    while not list((tmp_path / "c").glob("*.partial/progress.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert list((tmp_path / "c").glob("*.partial/progress.jsonl"))
    assert torch.equal(prepare(photos, cache=tmp_path / "c").stored(), expected)
