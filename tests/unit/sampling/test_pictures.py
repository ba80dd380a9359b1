from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from equipoise.core.errors import SettingError
from equipoise.sampling import animation, image_grid, save_png, scatter, to_uint8


def flat_images(*levels: int, channels: int = 1, side: int = 8) -> torch.Tensor:
    values = torch.tensor(levels, dtype=torch.float32) / 127.5 - 1
    return values[:, None, None, None].expand(-1, channels, side, side).contiguous()


def test_every_level_survives_the_round_trip() -> None:
    levels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_uint8(levels.float() / 127.5 - 1), levels)


def test_levels_are_rounded_to_the_nearest_and_clamped() -> None:
    values = torch.tensor([-9.0, -1.0, 0.6 / 127.5 - 1, 0.4 / 127.5 - 1, 1.0, 9.0, float("inf"), float("nan")])
    assert to_uint8(values).tolist() == [0, 0, 1, 0, 255, 255, 255, 0]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_grid_holds_each_image_enlarged_without_smoothing(channels: int) -> None:
    images = torch.linspace(-1, 1, 5 * channels * 12).reshape(5, channels, 4, 3)
    picture = image_grid(images, columns=2, scale=3)
    assert picture.mode == ("L" if channels == 1 else "RGB")
    assert picture.size == (2 * (9 + 2) + 2, 3 * (12 + 2) + 2)
    pixels = np.asarray(picture).reshape(picture.height, picture.width, channels)
    for index, image in enumerate(images):
        y, x = 2 + index // 2 * 14, 2 + index % 2 * 11
        expected = to_uint8(image).permute(1, 2, 0).numpy().repeat(3, axis=0).repeat(3, axis=1)
        assert np.array_equal(pixels[y : y + 12, x : x + 9], expected)
    assert (pixels[30:, 13:] == 255).all()  # no sixth image
    assert (pixels[:2] == 255).all()


@pytest.mark.parametrize(("side", "tile"), [(8, 64), (28, 56), (32, 64), (64, 64), (200, 200), (500, 500)])
def test_small_images_are_enlarged_to_be_seen(side: int, tile: int) -> None:
    assert image_grid(flat_images(0, side=side), columns=1).size == (tile + 4, tile + 4)


@pytest.mark.parametrize("channels", [1, 3])
def test_row_names_stand_left_of_their_rows_and_move_the_grid_only_sideways(channels: int) -> None:
    images = flat_images(0, 80, 160, 240, channels=channels)
    plain = np.asarray(image_grid(images, columns=2))
    named = np.asarray(image_grid(images, columns=2, row_names=["seven", "automobile"]))
    assert named.shape[0] == plain.shape[0]
    margin = named.shape[1] - plain.shape[1]
    assert np.array_equal(named[:, margin:], plain)
    half = named.shape[0] // 2
    ink = [int((part[:, :margin] < 128).sum()) for part in (named[:half], named[half:])]
    assert ink[1] > ink[0] > 0  # the longer name needs more
    assert (named[:, 0] == 255).all()  # and is not cut off


def test_impossible_grids_are_refused() -> None:
    with pytest.raises(SettingError, match="2 channels"):
        image_grid(torch.zeros(1, 2, 8, 8), columns=1)
    with pytest.raises(SettingError, match="1 names for 2 rows"):
        image_grid(flat_images(0, 0), columns=1, row_names=["one"])
    with pytest.raises(SettingError, match="`columns` 0"):
        image_grid(flat_images(0), columns=0)
    with pytest.raises(SettingError, match="0 images"):
        image_grid(torch.zeros(0, 1, 8, 8), columns=1)
    with pytest.raises(SettingError, match="`scale` is 0"):
        image_grid(flat_images(0), columns=1, scale=0)


def redness(picture: Image.Image) -> np.ndarray:
    pixels = np.asarray(picture).astype(int)
    return pixels[:, :, 0] - pixels[:, :, 2] > 60


def test_scatter_draws_samples_where_they_are_with_y_upwards() -> None:
    corners = torch.tensor([[-1.0, -1.0], [1.0, 1.0]])
    picture = scatter(torch.tensor([[0.5, 0.9]]), corners, size=200)
    assert picture.size == (200, 200)
    ys, xs = np.nonzero(redness(picture))
    assert xs.mean() == pytest.approx(100 * (1 + 0.5 / 1.15) - 0.5, abs=1)
    assert ys.mean() == pytest.approx(100 * (1 - 0.9 / 1.15) - 0.5, abs=1)
    grey = np.asarray(picture.convert("L"))
    assert (grey[:30, 170:] < 230).any()
    assert (grey[170:, :30] < 230).any()


def test_scatter_keeps_its_view_and_leaves_out_what_cannot_be_shown() -> None:
    reference = torch.tensor([[-1.0, 0.0], [1.0, 0.0]])
    broken = torch.tensor([[50.0, 0.0], [float("nan"), 0.0], [float("inf"), 0.0]])
    assert not redness(scatter(broken, reference, size=64)).any()
    assert redness(scatter(broken, size=64)).any()
    for points in (torch.zeros(0, 2), torch.zeros(3, 2), torch.full((2, 2), float("nan"))):
        assert scatter(points, size=64).size == (64, 64)
    with pytest.raises(SettingError, match="size"):
        scatter(reference, size=2)


def test_scatter_edges_are_smooth() -> None:
    colours = scatter(torch.zeros(1, 2), size=480).getcolors()
    assert colours is not None
    assert len(colours) > 3


def test_a_png_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    path.write_bytes(b"old")
    picture = image_grid(flat_images(0, 128), columns=2)
    save_png(picture, path)
    assert np.array_equal(np.asarray(Image.open(path)), np.asarray(picture))
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_picture(tmp_path: Path) -> None:
    path = tmp_path / "grid.png"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="mode F"):
        save_png(Image.new("F", (2, 2)), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ["png", "apng", "gif", "webp"])
def test_an_animation_keeps_its_frames_and_their_time(tmp_path: Path, ending: str) -> None:
    frames = [image_grid(flat_images(level), columns=1) for level in (0, 100, 200)]
    animation(frames, tmp_path / f"walk.{ending}", ms=80)
    with Image.open(tmp_path / f"walk.{ending}") as read:
        assert read.n_frames == 3
        for index, level in enumerate((0, 100, 200)):
            read.seek(index)
            read.load()
            assert read.convert("RGB").getpixel((30, 30)) == (level, level, level)
            assert read.info["duration"] == 80


def test_impossible_files_are_refused(tmp_path: Path) -> None:
    frame = Image.new("L", (4, 4))
    with pytest.raises(SettingError, match=r"\.mp4.*\.gif"):
        animation([frame], tmp_path / "walk.mp4")
    with pytest.raises(SettingError, match=r"must end in \.png"):
        save_png(frame, tmp_path / "grid.jpg")
    with pytest.raises(SettingError, match="frames of one size"):
        animation([], tmp_path / "walk.gif")
    with pytest.raises(SettingError, match="frames of one size"):
        animation([frame, Image.new("L", (5, 4))], tmp_path / "walk.gif")
    assert list(tmp_path.iterdir()) == []
