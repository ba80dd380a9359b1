import numpy as np
import pytest
from PIL import Image

from equipoise.core.errors import SettingError
from equipoise.data import inspect_source, preview
from equipoise.data.sources.arrays import open_array


def test_report_finds_what_was_planted(photos):
    root = photos({"cat": 12, "dog": 1})
    (root / "cat" / "copy.png").write_bytes((root / "cat" / "000.png").read_bytes())
    Image.new("RGB", (12, 12), (9, 8, 7)).save(root / "cat" / "plain.png")
    Image.new("L", (20, 10), 5).save(root / "cat" / "wide.png")
    (root / "cat" / "zzz.png").write_bytes(b"not a picture")
    report = inspect_source(root)
    assert (report.count, report.examined) == (17, 17)
    assert report.class_counts == {"cat": 16, "dog": 1}
    assert report.sizes == {(12, 12): 15, (20, 10): 1}
    assert report.modes == {"RGB": 15, "L": 1}
    assert report.duplicates == 1
    assert [tuple(name.replace("\\", "/") for name in pair) for pair in report.duplicate_pairs] == [
        ("cat/000.png", "cat/copy.png")
    ]
    assert {name[4:] for name in report.constant} == {"plain.png", "wide.png"}
    assert report.corrupt[0][0].endswith("zzz.png")
    text = " ".join(report.notes)
    for words in ("cannot be read", "Only 17", "exact copies", "one colour", "not square", "are grey", "uneven"):
        assert words in text


def test_black_masks_are_told():
    masks = np.random.default_rng(0).integers(0, 2, (8, 6, 6), dtype=np.uint8)
    assert "will be black" in " ".join(inspect_source(masks).notes)


def test_clean_data_gets_no_note():
    images = np.random.default_rng(0).integers(0, 256, (1000, 4, 6, 6), dtype=np.uint8)[:, 0]
    report = inspect_source(images)
    assert report.notes == ()
    assert report.value_range == (0, 255)


def test_preview_shows_each_class_in_turn():
    images = np.repeat(np.arange(40, dtype=np.uint8), 36).reshape(40, 6, 6)
    source = open_array(images, labels=np.arange(40) // 20)
    shown = preview(source, count=6, size=6)
    assert shown.shape == (6, 1, 6, 6)
    assert [int(image[0, 0, 0]) for image in shown] == [0, 20, 10, 30, 19, 39]


def test_preview_passes_over_what_cannot_be_read(photos):
    root = photos(4)
    (root / "000.png").write_bytes(b"")
    assert preview(root, count=3, size=8).shape == (3, 3, 8, 8)


def test_points_have_no_preview():
    with pytest.raises(SettingError, match="points"):
        preview("ring-8", count=4)
