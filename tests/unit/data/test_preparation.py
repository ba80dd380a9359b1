import os
import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from equipoise.data import ImageStore, open_source, prepare
from equipoise.data import preparation as module
from equipoise.data.sources.folder import FolderSource


def test_folder_of_classes_is_labelled_by_its_sub_folders(photos, tmp_path):
    store = prepare(photos({"dog": 3, "cat": 2}), cache=tmp_path / "c")
    assert store.classes == ("cat", "dog")
    assert store.labels.tolist() == [0, 0, 1, 1, 1]
    assert store.labels.dtype == torch.int64
    assert store.manifest.class_counts == (2, 3)


def test_loose_images_and_a_single_sub_folder_have_no_labels(photos, tmp_path):
    store = prepare(photos(3), cache=tmp_path / "c")
    assert (store.classes, store.labels, store.modes) == (None, None, None)
    assert open_source(photos({"all": 3}).parent / "photos" / "all").classes is None


def test_rows_equal_direct_decoding(photos, tmp_path):
    root = photos(4)
    store = prepare(root, cache=tmp_path / "c")
    assert store.sample_shape == (3, 12, 12)
    for index in range(4):
        direct = np.asarray(Image.open(root / f"{index:03}.png")).transpose(2, 0, 1)
        np.testing.assert_array_equal(store.stored()[index].numpy(), direct)
    images, labels = store.batch(torch.tensor([2, 0]))
    assert labels is None
    assert images.dtype == torch.float32
    assert torch.equal(((images + 1) * 127.5).round().to(torch.uint8), store.stored(torch.tensor([2, 0])))
    assert -1 <= images.min() < images.max() <= 1


def test_many_files_are_prepared_by_threads_as_by_one(photos, tmp_path, monkeypatch):
    root = photos(40)
    threaded = prepare(root, cache=tmp_path / "c")
    monkeypatch.setattr(module, "_FEW", 1000)
    alone = prepare(root, cache=tmp_path / "d")
    assert torch.equal(threaded.stored(), alone.stored())


def test_native_size_is_used_only_if_all_share_a_square(photos, tmp_path, random_picture):
    root = photos(2)
    assert prepare(root, cache=tmp_path).sample_shape == (3, 12, 12)
    random_picture(9, 20, 30).save(root / "odd.png")
    assert prepare(root, cache=tmp_path).sample_shape == (3, 64, 64)


def test_channels_follow_the_images_unless_asked(photos, tmp_path, random_picture):
    root = photos(2, mode="L")
    assert prepare(root, cache=tmp_path).sample_shape == (1, 12, 12)
    assert prepare(root, channels=3, cache=tmp_path).sample_shape == (3, 12, 12)
    random_picture(9).save(root / "colour.png")
    assert prepare(root, cache=tmp_path).sample_shape == (3, 12, 12)


def test_enlarged_images_are_counted_and_noted(photos, tmp_path):
    store = prepare(photos(3), size=16, cache=tmp_path / "c")
    assert store.manifest.upscaled == 3
    assert "3 of 3 images are smaller than 16 x 16" in store.notes[0]
    assert prepare(tmp_path / "photos", size=8, cache=tmp_path / "c").notes == ()


def test_second_call_decodes_nothing(photos, tmp_path, monkeypatch):
    root = photos(3)
    first = prepare(root, cache=tmp_path / "c")
    monkeypatch.setattr(FolderSource, "read", lambda *_args, **_settings: pytest.fail("decoded again"))
    monkeypatch.setattr(FolderSource, "survey", lambda _self: pytest.fail("read again"))
    assert prepare(root, cache=tmp_path / "c").folder == first.folder


def test_key_follows_content_and_settings_not_place_or_time(photos, tmp_path):
    root = photos(3)
    first = prepare(root, cache=tmp_path / "c").folder
    os.utime(root / "000.png", (1, 1))
    assert prepare(root, cache=tmp_path / "c").folder == first
    moved = root.rename(tmp_path / "elsewhere").rename(tmp_path / "deeper-photos")
    assert prepare(moved, cache=tmp_path / "c").folder.name[-16:] == first.name[-16:]
    folders = {first, *(prepare(moved, size=size, cache=tmp_path / "c").folder for size in (8, 10))}
    folders.add(prepare(moved, size=8, fit="pad", cache=tmp_path / "c").folder)
    (moved / "000.png").write_bytes((moved / "001.png").read_bytes())
    folders.add(prepare(moved, cache=tmp_path / "c").folder)
    assert len(folders) == 5


def test_killed_preparation_goes_on_where_it_stopped(photos, tmp_path, monkeypatch):
    root = photos({"a": 5, "b": 5})
    (root / "a" / "001.png").write_bytes(b"damaged")
    monkeypatch.setattr(module, "_CHUNK_ITEMS", 2)
    expected = prepare(root, cache=tmp_path / "whole", allow_bad_share=0.2)
    read, genuine = [], FolderSource.read

    def killed_after_seven(self, index, *, at_least=None):
        read.append(index)
        if len(read) == 7:
            raise KeyboardInterrupt
        return genuine(self, index, at_least=at_least)

    monkeypatch.setattr(FolderSource, "read", killed_after_seven)
    with pytest.raises(KeyboardInterrupt):
        prepare(root, cache=tmp_path / "c", allow_bad_share=0.2)
    (partial,) = (tmp_path / "c").glob("*.partial")
    with (partial / "progress.jsonl").open("ab") as journal:
        journal.write(b'{"read": 2, "ke')  # the line a kill cut short
    store = prepare(root, cache=tmp_path / "c", allow_bad_share=0.2)
    assert read[7:] == [6, 7, 8, 9]
    assert torch.equal(store.stored(), expected.stored())
    assert torch.equal(store.labels, expected.labels)
    assert store.manifest == expected.manifest
    assert not list((tmp_path / "c").glob("*.partial"))


def test_damaged_prepared_folder_is_made_again(photos, tmp_path):
    root = photos(3)
    store = prepare(root, cache=tmp_path / "c")
    expected = store.stored()
    with (store.folder / "images.npy").open("r+b") as file:
        file.truncate(200)
    assert torch.equal(prepare(root, cache=tmp_path / "c").stored(), expected)


def test_store_travels_by_its_path(photos, tmp_path):
    store = prepare(photos({"a": 2, "b": 2}), cache=tmp_path / "c")
    data = pickle.dumps(store)
    assert len(data) < 1000
    copy = pickle.loads(data)
    assert isinstance(copy, ImageStore)
    assert torch.equal(copy.batch(torch.arange(4))[0], store.batch(torch.arange(4))[0])


def test_progress_is_told_up_to_the_end(photos, tmp_path):
    told = []
    prepare(photos(3), cache=tmp_path / "c", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)


def test_hidden_and_foreign_files_are_passed_over(photos, tmp_path):
    root = photos(2)
    (root / "._000.png").write_bytes(b"resource fork")
    (root / "notes.txt").write_text("hello")
    (root / ".git").mkdir()
    (root / "002.PNG").write_bytes((root / "000.png").read_bytes())
    assert open_source(root).files == ("000.png", "001.png", "002.PNG")
