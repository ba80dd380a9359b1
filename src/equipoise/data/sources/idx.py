"""Directories of idx files, the format of MNIST and its relatives (http://yann.lecun.com/exdb/mnist)."""

import gzip
import hashlib
import math
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.core.errors import DataError
from equipoise.data.sources.arrays import ArraySource

IMAGES = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"
FASHION_CLASSES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
_FASHION_LABELS = "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7"
"""SHA-256 of Fashion-MNIST's training labels, uncompressed and without the header."""

_MAX_BYTES = 1 << 32


def has_idx_files(folder: Path) -> bool:
    """Whether the training images of an idx data set lie directly in `folder`."""
    return _find(folder, IMAGES) is not None or _find(folder, TEST_IMAGES) is not None


def has_test_files(folder: Path) -> bool:
    """Whether the test pair of an idx data set lies directly in `folder`."""
    return _find(folder, TEST_IMAGES) is not None and _find(folder, TEST_LABELS) is not None


def open_idx(folder: Path, *, name: str | None = None, part: Literal["training", "test"] = "training") -> ArraySource:
    """The training pair of a directory, or its test pair.

    Class names are known for Fashion-MNIST; else they are the label numbers.
    """
    images_name, labels_name = (IMAGES, LABELS) if part == "training" else (TEST_IMAGES, TEST_LABELS)
    images = read_idx(_required(folder, images_name), dimensions=3)
    numbers = read_idx(_required(folder, labels_name), dimensions=1)
    if len(images) != len(numbers):
        raise DataError(f"`{folder}` has {len(images)} images but {len(numbers)} labels. Replace the damaged file.")
    if len(images) == 0 or 0 in images.shape:
        raise DataError(f"`{folder}` holds idx images of shape {images.shape}: nothing to train on.")
    chosen = name or folder.name or "idx"
    return ArraySource(
        name=chosen,
        kind="idx",
        description=f"{chosen}: {len(images)} {part} images, {images.shape[2]} x {images.shape[1]} grey, idx files",
        images=images,
        numbers=numbers.astype(np.int64),
        classes=_class_names(numbers, chosen),
    )


def read_idx(path: Path, *, dimensions: int) -> NDArray[np.uint8]:
    """One idx file of bytes, plain or gzipped. Reads no more than its header announces, so a bomb stays small."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            header = file.read(4 + 4 * dimensions)
            if len(header) < 4 + 4 * dimensions or header[:4] != bytes([0, 0, 8, dimensions]):
                raise ValueError(f"it does not start as an idx file of bytes with {dimensions} dimensions")
            shape = tuple(int(number) for number in np.frombuffer(header, ">u4", dimensions, 4))
            expected = math.prod(shape)
            if expected > _MAX_BYTES:
                raise ValueError(f"it announces {expected} bytes")
            content = file.read(expected + 1)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        raise DataError(f"Cannot read `{path}`: {error}. Replace the file.") from error
    if len(content) != expected:
        found = "more" if len(content) > expected else f"only {len(content)}"
        raise DataError(f"`{path}` announces {expected} bytes but holds {found}. Replace the file.")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _find(folder: Path, stem: str) -> Path | None:
    matching = sorted(
        path for path in folder.iterdir() if path.name.lower().removesuffix(".gz").replace(".", "-") == stem
    )
    return matching[0] if matching else None


def _required(folder: Path, stem: str) -> Path:
    found = _find(folder, stem)
    if found is None:
        raise DataError(
            f"`{folder}` has idx files but no `{stem}` (or `{stem}.gz`). Training needs the pair {IMAGES} and {LABELS}."
        )
    return found


def _class_names(numbers: NDArray[np.uint8], name: str) -> tuple[str, ...]:
    is_fashion = hashlib.sha256(numbers.tobytes()).hexdigest() == _FASHION_LABELS or "fashion" in name.lower()
    highest = int(numbers.max())
    if is_fashion and highest < len(FASHION_CLASSES):
        return FASHION_CLASSES
    return tuple(str(number) for number in range(max(highest, 9) + 1))
