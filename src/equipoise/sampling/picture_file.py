"""Pictures on disk: written beside their place and moved there, so that nobody ever reads half of one."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import Image

from equipoise.core.errors import SettingError

ANIMATED = {".png": "PNG", ".apng": "PNG", ".gif": "GIF", ".webp": "WEBP"}
"""File ending to the format that Pillow writes."""


def save_png(image: Image.Image, path: Path | str) -> None:
    """Write `image` to `path`, which must end in .png, replacing what was there."""
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise SettingError(f"`path` is {str(path)!r}, but a PNG picture must end in .png.")
    with _replacing(path) as file:
        image.save(file, format="PNG")


def animation(frames: Sequence[Image.Image], path: Path | str, ms: int = 120) -> None:
    """Write `frames`, each shown for `ms` milliseconds, without end; the file's ending decides the format.

    Raises:
        SettingError: an ending other than .png, .apng, .gif or .webp, no frames, or frames of several sizes.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ANIMATED:
        raise SettingError(f"`path` is {str(path)!r}, but an animation ends in one of {', '.join(ANIMATED)}.")
    if len({frame.size for frame in frames}) != 1 or ms < 1:
        raise SettingError(f"An animation needs frames of one size and `ms` of at least 1; got {len(frames)}, {ms}.")
    colour = [frame.convert("RGB") for frame in frames]
    lossless = {"lossless": True} if ending == ".webp" else {}
    with _replacing(path) as file:
        colour[0].save(
            file, format=ANIMATED[ending], save_all=True, append_images=colour[1:], duration=ms, loop=0, **lossless
        )


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when all went well, and otherwise is gone."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
