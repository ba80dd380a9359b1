"""Images in an array: numpy arrays and `.npy` / `.npz` files. Also what digits and idx files become."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from equipoise.core.errors import DataError
from equipoise.data.cache import array_digest, content_key
from equipoise.data.picture import Picture, array_picture
from equipoise.data.source import LabelArray, Survey
from equipoise.data.sources.mixtures import FixedPoints

ValueRange = Literal["0..255", "0..1", "-1..1"]
"""How the numbers of an array stand for brightness."""

IMAGE_KEYS = ("images", "x", "data", "arr_0")
LABEL_KEYS = ("labels", "y")
_CHANNELS = (1, 3, 4)
_CHUNK_VALUES = 1 << 24
_MAX_UNPACKED_BYTES = 16 << 30


@dataclass(frozen=True, kw_only=True, eq=False)
class ArraySource:
    """Images `(N, H, W)` or `(N, H, W, C)` held in memory or memory-mapped."""

    name: str
    kind: str
    description: str
    images: NDArray[Any]
    value_range: ValueRange = "0..255"
    numbers: LabelArray | None = None
    classes: tuple[str, ...] | None = None
    parallel: bool = False

    def __len__(self) -> int:
        return len(self.images)

    def labels(self) -> LabelArray | None:
        """Class indices."""
        return self.numbers

    def item(self, index: int) -> str:
        """`image 7`."""
        return f"image {index}"

    def read(self, index: int, *, at_least: int | None = None) -> Picture:
        """One image; `at_least` changes nothing."""
        del at_least
        return array_picture(to_bytes(self.images[index], self.value_range))

    def stamp(self) -> str | None:
        """None: the content itself is quick to hash."""
        return None

    def survey(self) -> Survey:
        """Hashes the array and what is known of it."""
        labels = "" if self.numbers is None else array_digest(self.numbers)
        key = content_key([array_digest(self.images), labels, "\0".join(self.classes or ()), self.value_range])
        height, width = self.images.shape[1:3]
        grey = self.images.ndim == 3 or self.images.shape[-1] == 1
        return Survey(fingerprint=key, common_size=(width, height), grey=grey)


def to_bytes(array: NDArray[Any], value_range: ValueRange) -> NDArray[np.uint8]:
    """Rounded to 0..255; the inverse of `byte / 255` and `byte / 127.5 - 1`."""
    if value_range == "0..255":
        bytes_already: NDArray[np.uint8] = array.astype(np.uint8, copy=False)
        return bytes_already
    scaled = array.astype(np.float32) * 255.0 if value_range == "0..1" else (array.astype(np.float32) + 1.0) * 127.5
    rounded: NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return rounded


def open_array(
    images: NDArray[Any],
    *,
    name: str = "array",
    labels: NDArray[Any] | None = None,
    classes: tuple[str, ...] | None = None,
) -> ArraySource | FixedPoints:
    """Checks shape, range and labels. `(N, 2)` floats are points."""
    if images.ndim == 2 and images.shape[1] == 2 and images.dtype.kind == "f":
        return _points(images, name)
    pictures, layout = _channels_last(images, name)
    value_range = inferred_range(pictures, name)
    numbers, class_names = (None, None) if labels is None else _checked_labels(labels, len(images), classes, name)
    meaning = "" if images.dtype == np.uint8 else f", read as values in {value_range}"
    return ArraySource(
        name=name,
        kind="array",
        description=f"{name}: array {images.shape} {images.dtype} {layout}{meaning}",
        images=pictures,
        value_range=value_range,
        numbers=numbers,
        classes=class_names,
    )


def open_array_file(path: Path) -> ArraySource | FixedPoints:
    """A `.npy` or `.npz` file. Pickled objects are refused: loading them could run code."""
    try:
        if path.suffix.lower() == ".npy":
            return open_array(np.load(path, mmap_mode="r", allow_pickle=False), name=path.stem)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return _from_archive(archive, path)
    except DataError:
        raise
    except Exception as error:  # numpy and zipfile raise many kinds on damaged files
        hint = " Save plain arrays: object arrays are refused." if "object" in str(error).lower() else ""
        raise DataError(
            f"Cannot read the arrays in `{path}`: {error}.{hint} A usable file is written by "
            "`numpy.savez(path, images=uint8_array, labels=int_array)`."
        ) from error


def inferred_range(images: NDArray[Any], name: str) -> ValueRange:
    """What the values mean, from their type and extremes; raises DataError where that cannot be told."""
    if images.dtype == np.uint8:
        return "0..255"
    if images.dtype.kind not in "fiu":
        raise DataError(
            f"`{name}` has values of type {images.dtype}. Use uint8 0..255, or floats in [0, 1] or [-1, 1]."
        )
    low, high = float("inf"), float("-inf")
    limits = (-1.0, 1.0) if images.dtype.kind == "f" else (0.0, 255.0)
    for start, chunk in _chunks(images):
        _refuse_outside(chunk, start, limits, name)
        low, high = min(low, float(chunk.min())), max(high, float(chunk.max()))
    return "0..255" if images.dtype.kind in "iu" else float_range(low, high, name)


def float_range(low: float, high: float, name: str) -> ValueRange:
    """`0..1` or `-1..1`, for floats known to lie within [-1, 1]."""
    if low >= 0 and high > 1 / 64:
        return "0..1"
    if low <= -0.25:
        return "-1..1"
    raise DataError(
        f"`{name}` has float values from {low:.4g} to {high:.4g}: they could mean [0, 1] or [-1, 1]. "
        "Convert them to uint8 0..255 first."
    )


def _chunks(images: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    rows = max(1, _CHUNK_VALUES // max(1, images[0].size))
    for start in range(0, len(images), rows):
        yield start, np.asarray(images[start : start + rows])


def _refuse_outside(chunk: NDArray[Any], start: int, limits: tuple[float, float], name: str) -> None:
    flat = chunk.reshape(len(chunk), -1)
    low, high = limits
    wrong = ~((flat >= low) & (flat <= high)).all(axis=1)
    if not wrong.any():
        return
    first = int(np.argmax(wrong))
    if not np.isfinite(flat[first]).all():
        raise DataError(f"`{name}` holds values that are not finite (NaN or infinite), first in image {start + first}. "
                        "Remove or repair these images.")  # fmt: skip
    raise DataError(
        f"`{name}` has {chunk.dtype} values outside [{low:g}, {high:g}], first in image {start + first}: "
        f"min {flat[first].min():.4g}, max {flat[first].max():.4g}. "
        "Use uint8 0..255, or floats in [0, 1] or [-1, 1]; `(x.clip(0, 255)).astype('uint8')` if these are 0..255."
    )


def _channels_last(images: NDArray[Any], name: str) -> tuple[NDArray[Any], str]:
    if len(images.shape) == 0 or 0 in images.shape:
        raise DataError(f"`{name}` is an empty array of shape {images.shape}. Pass images (N, H, W) or (N, H, W, C).")
    if images.ndim == 3:
        return images, "(N, H, W)"
    last, second = (images.ndim == 4 and images.shape[axis] in _CHANNELS for axis in (3, 1))
    if last and not second:
        return images, "(N, H, W, C)"
    if second and not last:
        return np.moveaxis(images, 1, 3), "(N, C, H, W)"
    problem = "could be (N, H, W, C) or (N, C, H, W)" if last else "is no shape of grey, RGB or RGBA images"
    raise DataError(
        f"`{name}` has shape {images.shape}, which {problem}. "
        "Use (N, H, W), or 1, 3 or 4 channels as (N, H, W, C) with H and W above 4; (N, 2) floats are points."
    )


def _checked_labels(
    labels: NDArray[Any], count: int, classes: tuple[str, ...] | None, name: str
) -> tuple[LabelArray, tuple[str, ...]]:
    flat = labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if flat.ndim != 1 or flat.dtype.kind not in "iu":
        raise DataError(
            f"The labels of `{name}` have shape {labels.shape} and type {labels.dtype}. "
            "Use one integer an image; for one-hot rows, `labels.argmax(axis=1)`."
        )
    if len(flat) != count:
        raise DataError(f"`{name}` has {count} images but {len(flat)} labels. Give one label an image, or none at all.")
    return classes_of(flat.astype(np.int64), classes, name)


def classes_of(numbers: LabelArray, classes: tuple[str, ...] | None, name: str) -> tuple[LabelArray, tuple[str, ...]]:
    """Labels as indices 0..classes-1 and their names: those given, else the numbers found, in ascending order."""
    if classes is None:
        values, indices = np.unique(numbers, return_inverse=True)
        return indices.astype(np.int64).reshape(-1), tuple(str(value) for value in values)
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= len(classes)):
        raise DataError(
            f"`{name}` names {len(classes)} classes, but its labels run from {numbers.min()} to {numbers.max()}. "
            "Labels must be 0..classes-1."
        )
    return numbers, classes


def _from_archive(archive: NpzFile, path: Path) -> ArraySource | FixedPoints:
    """Only the arrays that are wanted are unpacked, and only if they fit into memory."""
    unpacked = sum(entry.file_size for entry in archive.zip.infolist()) if archive.zip else 0
    if unpacked > _MAX_UNPACKED_BYTES:
        raise DataError(
            f"`{path}` unpacks to {unpacked / 1e9:.1f} GB in memory. "
            "Save the images as .npy, which is read from the disk piece by piece."
        )
    key = next((key for key in IMAGE_KEYS if key in archive.files), None)
    if key is None:
        raise DataError(f"`{path}` holds {sorted(archive.files)}, but no images. Name them one of {list(IMAGE_KEYS)}.")
    label_key = next((key for key in LABEL_KEYS if key in archive.files), None)
    labels = None if label_key is None else archive[label_key]
    names = tuple(str(name) for name in archive["classes"]) if "classes" in archive.files else None
    return open_array(archive[key], name=path.stem, labels=labels, classes=names)


def _points(values: NDArray[Any], name: str) -> FixedPoints:
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        raise DataError(
            f"`{name}` holds points that are not finite, first at index {int(np.argmin(finite))}. Remove them."
        )
    if len(values) == 0:
        raise DataError(f"`{name}` holds no points. Pass at least 2.")
    return FixedPoints(
        name=name,
        description=f"{name}: {len(values)} points, used as they are",
        values=np.array(values, dtype=np.float32),
    )
