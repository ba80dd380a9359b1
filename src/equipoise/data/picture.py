"""One picture from a file or an array, brought to 8-bit grey or RGB. Every picture is untrusted."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import (  # the plugins register the formats; Pillow loads them on demand only where no format is named
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

MAX_PIXELS = 100_000_000
"""Larger pictures are refused before they are decoded, whatever their file says."""

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""The decoders a file may reach: none of them starts another program."""

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A decoded picture. `image` has mode L or RGB; width, height and mode are those of the original, upright."""

    image: Image.Image
    width: int
    height: int
    mode: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What a file says about itself before it is decoded."""

    width: int
    height: int
    grey: bool


def read_header(path: Path | io.BytesIO) -> Header:
    """Size and colour of a file without decoding it; raises whatever Pillow raises on a file that is no picture."""
    with Image.open(path, formats=FORMATS) as image:
        return Header(width=image.width, height=image.height, grey=_is_grey(image))


def read_picture(path: Path | io.BytesIO, *, at_least: int | None = None) -> Picture:
    """Decode a file. With `at_least`, a JPEG may come back smaller, its sides still twice that number or more."""
    with Image.open(path, formats=FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ValueError(f"{width} x {height} is more than the {MAX_PIXELS // 1_000_000} megapixels allowed")
        mode = image.mode
        if at_least is not None:
            image.draft(None, (2 * at_least, 2 * at_least))  # JPEG decodes at 1/2, 1/4 or 1/8 for little
        image.load()
        orientation = _orientation(image)
        upright = image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image
        if orientation in (5, 6, 7, 8):
            width, height = height, width
        return Picture(image=eight_bit(upright), width=width, height=height, mode=mode)


def array_picture(array: NDArray[np.uint8]) -> Picture:
    """A picture from `(height, width)` or `(height, width, 1 | 3 | 4)` bytes; four channels are RGBA."""
    flat = array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array
    image = Image.fromarray(np.ascontiguousarray(flat))
    return Picture(image=eight_bit(image), width=image.width, height=image.height, mode=image.mode)


def image_picture(image: Image.Image) -> Picture:
    """A picture from a Pillow image somebody else decoded."""
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(f"{image.width} x {image.height} is more than {MAX_PIXELS // 1_000_000} megapixels")
    return Picture(image=eight_bit(image), width=image.width, height=image.height, mode=image.mode)


def eight_bit(image: Image.Image) -> Image.Image:
    """To L or RGB: transparency over white, 16 bits to 8, palettes and print colours resolved."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        image.load()
        return image
    if image.mode.startswith("I"):
        return _from_integers(image)
    if image.mode == "F":
        raise ValueError("floating-point pixels have no known range; save the picture with 8 or 16 bits")
    grey = _is_grey(image)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image.convert("RGBA")).convert("L" if grey else "RGB")
    return image.convert("L" if grey else "RGB")


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """No warnings of Pillow's own: what is wrong with a picture is told once, by us, with its name."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def reason_of(error: Exception) -> str:
    """One line on why a picture could not be read."""
    if isinstance(error, UnidentifiedImageError):
        return "no picture that can be decoded (empty, damaged, or of another format)"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).splitlines() or [""])[0] or type(error).__name__


def _from_integers(image: Image.Image) -> Image.Image:
    values: NDArray[Any] = np.asarray(image)
    low, high = int(values.min()), int(values.max())
    if low < 0 or high > 65535:
        raise ValueError(f"32-bit pixels from {low} to {high}, not within 0..65535")
    return Image.fromarray(((values.astype(np.uint32) + 128) // 257).astype(np.uint8))


def _is_grey(image: Image.Image) -> bool:
    if image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I"):
        return True
    if image.mode not in ("P", "PA"):
        return False
    palette = np.asarray(image.getpalette() or [0, 1, 2]).reshape(-1, 3)
    return bool((palette == palette[:, :1]).all())


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # damaged metadata does not damage the pixels
        return 1
