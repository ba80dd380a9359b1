"""From a picture of any size to the square rows of a store."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from equipoise.data.picture import Picture

Fit = Literal["crop", "pad"]
"""How a picture becomes square: `crop` keeps the centre, `pad` adds white borders."""


def fitted(picture: Picture, *, size: int, channels: int, fit: Fit = "crop") -> NDArray[np.uint8]:
    """`(channels, size, size)` bytes: Lanczos (antialiased) on the way down, bicubic on the way up."""
    image = _padded(picture.image) if fit == "pad" else picture.image
    if image.size != (size, size):
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        kernel = Image.Resampling.LANCZOS if side > size else Image.Resampling.BICUBIC
        image = image.resize((size, size), kernel, box=(left, top, left + side, top + side))
    pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    return pixels[None] if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def is_enlarged(picture: Picture, *, size: int, fit: Fit = "crop") -> bool:
    """Whether `size` asks for more pixels than the original has."""
    side = max(picture.width, picture.height) if fit == "pad" else min(picture.width, picture.height)
    return side < size


def _padded(image: Image.Image) -> Image.Image:
    side = max(image.size)
    if image.size == (side, side):
        return image
    square = Image.new(image.mode, (side, side), "white")
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
