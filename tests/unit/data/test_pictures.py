import numpy as np
import pytest
from PIL import Image, ImageOps

from equipoise.data.fitting import fitted, is_enlarged
from equipoise.data.picture import array_picture, read_header, read_picture


def pixels(path):
    return np.asarray(read_picture(path).image)


def test_transparency_is_laid_over_white(tmp_path):
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    image.putpixel((1, 0), (10, 20, 30, 255))
    image.save(tmp_path / "a.png")
    assert pixels(tmp_path / "a.png").tolist() == [[[255, 255, 255], [10, 20, 30]]]


def test_transparent_grey_stays_grey(tmp_path):
    Image.new("LA", (2, 2), (0, 0)).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.image.mode == "L"
    assert np.asarray(picture.image).min() == 255


def test_palette_picture_gets_its_colours(tmp_path):
    image = Image.new("P", (2, 2), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    image.save(tmp_path / "a.gif")
    assert pixels(tmp_path / "a.gif")[0, 0].tolist() == [200, 100, 50]
    assert not read_header(tmp_path / "a.gif").grey


def test_sixteen_bits_are_scaled_not_cut(tmp_path):
    values = np.array([[0, 257, 32768, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert pixels(tmp_path / "a.png").tolist() == [[0, 1, 128, 255]]
    assert read_header(tmp_path / "a.png").grey


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_as_pillow_applies_it(tmp_path, orientation, random_picture):
    exif = Image.Exif()
    exif[0x0112] = orientation
    random_picture(1, 6, 4).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    found = read_picture(tmp_path / "a.png")
    np.testing.assert_array_equal(np.asarray(found.image), expected)
    assert (found.height, found.width) == expected.shape[:2]


@pytest.mark.parametrize("extension", ["jpg", "webp", "bmp", "tif", "ppm"])
def test_each_format_gives_rgb_of_the_right_size(tmp_path, extension, random_picture):
    random_picture(1, 10, 7).save(tmp_path / f"a.{extension}")
    assert pixels(tmp_path / f"a.{extension}").shape == (7, 10, 3)


def test_print_colours_become_rgb(tmp_path):
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "a.tif")
    assert pixels(tmp_path / "a.tif")[0, 0].tolist() == [255, 0, 0]


def test_a_document_that_could_start_another_program_is_not_opened(tmp_path, random_picture):
    random_picture(1).save(tmp_path / "a.eps")
    (tmp_path / "a.eps").rename(tmp_path / "a.png")
    with pytest.raises(OSError, match="cannot identify"):
        read_picture(tmp_path / "a.png")


def test_large_photo_decoded_at_reduced_size_looks_the_same(tmp_path):
    gradient = np.linspace(0, 255, 640, dtype=np.uint8)
    Image.fromarray(np.broadcast_to(gradient, (480, 640)).copy()).save(tmp_path / "a.jpg", quality=95)
    reduced, full = read_picture(tmp_path / "a.jpg", at_least=16), read_picture(tmp_path / "a.jpg")
    assert min(reduced.image.size) >= 32
    assert reduced.image.size < full.image.size
    assert (reduced.width, reduced.height) == (640, 480)
    rows = [fitted(picture, size=16, channels=1).astype(int) for picture in (reduced, full)]
    assert np.abs(rows[0] - rows[1]).max() <= 2


def test_centre_is_kept_by_crop_and_everything_by_pad():
    wide = np.zeros((4, 8), np.uint8)
    wide[:, 2:6] = 100
    picture = array_picture(wide)
    assert (fitted(picture, size=4, channels=1) == 100).all()
    padded = fitted(picture, size=8, channels=1, fit="pad")
    assert (padded[0, :2] == 255).all()
    np.testing.assert_array_equal(padded[0, 2:6], wide)


def test_right_size_is_left_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    np.testing.assert_array_equal(fitted(array_picture(image), size=9, channels=3), image.transpose(2, 0, 1))


def test_shrinking_is_antialiased():
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))
    assert np.abs(fitted(array_picture(stripes), size=8, channels=1).astype(int) - 127).max() < 16


def test_grey_fills_three_channels_alike():
    row = fitted(array_picture(np.full((4, 4), 77, np.uint8)), size=4, channels=3)
    assert row.shape == (3, 4, 4)
    assert (row == 77).all()


def test_enlargement_is_judged_by_the_side_that_is_kept():
    picture = array_picture(np.zeros((10, 40), np.uint8))
    assert is_enlarged(picture, size=16)
    assert not is_enlarged(picture, size=16, fit="pad")
    assert not is_enlarged(picture, size=10)
