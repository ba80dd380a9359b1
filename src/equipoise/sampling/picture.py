"""Images as a picture to look at: a grid, enlarged without smoothing, its rows named."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, uint8

from equipoise.core.errors import SettingError
from equipoise.core.types import Images

COMFORTABLE = 64
"""Side, in pixels, to which small images are enlarged unless told otherwise."""

PADDING = 2
WHITE = 255


def to_uint8(images: Float[Tensor, "*shape"]) -> UInt8[Tensor, "*shape"]:
    """[-1, 1] to 0..255: the inverse of `x / 127.5 - 1`. What lies outside is clamped; NaN becomes black."""
    pixels = ((images.detach().float() + 1.0) * 127.5).nan_to_num(nan=0.0)
    return pixels.round().clamp(0.0, 255.0).to(uint8)


def image_grid(
    images: Images, columns: int, row_names: Sequence[str] | None = None, scale: int | None = None
) -> Image.Image:
    """Grey or colour images in rows of `columns`, each enlarged `scale` times (nearest neighbour), on white.

    Without `scale`, small images are enlarged to about 64 pixels. `row_names` stand at the left of their rows.

    Raises:
        SettingError: neither one nor three channels, no images, or names that do not match the rows.
    """
    count, channels = images.shape[:2]
    if channels not in (1, 3):
        raise SettingError(f"Images have {channels} channels, but a picture has 1 (grey) or 3 (colour).")
    if count < 1 or columns < 1:
        raise SettingError(f"A grid needs images and columns, but got {count} images and `columns` {columns}.")
    scale = _scale(images.shape[2:], scale)
    pixels = to_uint8(images).cpu().permute(0, 2, 3, 1).numpy()
    tiles = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    canvas = _tiled(tiles, columns)
    picture = Image.fromarray(canvas[:, :, 0] if channels == 1 else canvas)
    return picture if row_names is None else _with_names(picture, row_names, rows=ceil(count / columns))


def _scale(sides: Sequence[int], scale: int | None) -> int:
    if scale is None:
        return max(1, round(COMFORTABLE / max(sides)))
    if scale < 1:
        raise SettingError(f"`scale` is {scale}, but must be at least 1.")
    return scale


def _tiled(tiles: UInt8[np.ndarray, "count height width channels"], columns: int) -> UInt8[np.ndarray, "h w channels"]:
    count, height, width, channels = tiles.shape
    rows, columns = ceil(count / columns), min(columns, count)
    step_y, step_x = height + PADDING, width + PADDING
    canvas = np.full((rows * step_y + PADDING, columns * step_x + PADDING, channels), WHITE, dtype=np.uint8)
    for index, tile in enumerate(tiles):
        y, x = PADDING + index // columns * step_y, PADDING + index % columns * step_x
        canvas[y : y + height, x : x + width] = tile
    return canvas


def _with_names(picture: Image.Image, names: Sequence[str], *, rows: int) -> Image.Image:
    """The picture moved to the right, with a name in the middle of each row's left margin."""
    if len(names) != rows:
        raise SettingError(f"`row_names` has {len(names)} names for {rows} rows.")
    step = (picture.height - PADDING) / rows
    font = ImageFont.load_default(size=min(16.0, max(8.0, step / 2)))
    margin = ceil(max(font.getbbox(name)[2] for name in names)) + 4 * PADDING
    named = Image.new(picture.mode, (picture.width + margin, picture.height), "white")
    named.paste(picture, (margin, 0))
    pen = ImageDraw.Draw(named)
    for row, name in enumerate(names):
        pen.text((margin - 2 * PADDING, PADDING + (row + 0.5) * step), name, fill="black", font=font, anchor="rm")
    return named
