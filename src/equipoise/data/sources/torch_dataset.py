"""Any map-style `torch.utils.data.Dataset` whose items are `image` or `(image, label)`."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.utils.data import Dataset, IterableDataset

from equipoise.core.errors import DataError, SettingError
from equipoise.data.cache import content_key
from equipoise.data.picture import Picture, array_picture, eight_bit, image_picture
from equipoise.data.progress import progress_bar
from equipoise.data.source import LabelArray, Survey
from equipoise.data.sources.arrays import ValueRange, classes_of, float_range, to_bytes

_CHANNELS = (1, 3, 4)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What one pass over all items tells."""

    survey: Survey
    numbers: LabelArray | None
    value_range: ValueRange


@dataclass(kw_only=True, slots=True)
class _Seen:
    """What the items seen so far have in common."""

    digests: list[str] = field(default_factory=list)
    labels: list[int | None] = field(default_factory=list)
    sizes: set[tuple[int, int]] = field(default_factory=set)
    grey: bool = True
    floats: bool = False
    low: float = math.inf
    high: float = -math.inf

    def add(
        self, image: Any, facts: tuple[int, int, bool], label: int | None, extremes: tuple[float, float] | None
    ) -> None:
        """Count one readable item."""
        width, height, grey = facts
        self.digests.append(f"{_digest(image)} {label}")
        self.labels.append(label)
        self.sizes.add((width, height))
        self.grey = self.grey and grey
        if extremes is not None:
            self.floats = True
            self.low, self.high = min(self.low, extremes[0]), max(self.high, extremes[1])

    def look(self, name: str) -> _Look:
        """Sum up."""
        common = next(iter(self.sizes)) if len(self.sizes) == 1 else None
        survey = Survey(fingerprint=content_key(self.digests), common_size=common, grey=self.grey)
        value_range = float_range(self.low, self.high, name) if self.floats else "0..255"
        return _Look(survey=survey, numbers=_all_or_none(self.labels), value_range=value_range)


@dataclass(frozen=True, kw_only=True, eq=False)
class DatasetSource:
    """A dataset that was looked at once when it was opened; preparing reads every item once more."""

    dataset: Dataset[Any]
    name: str
    description: str
    value_range: ValueRange
    surveyed: Survey
    numbers: LabelArray | None
    classes: tuple[str, ...] | None
    kind: str = "dataset"
    parallel: bool = False

    def __len__(self) -> int:
        return len(self.dataset)  # type: ignore[arg-type]

    def labels(self) -> LabelArray | None:
        """Class indices."""
        return self.numbers

    def item(self, index: int) -> str:
        """`item 7`."""
        return f"item {index}"

    def read(self, index: int, *, at_least: int | None = None) -> Picture:
        """One item; `at_least` changes nothing."""
        del at_least
        image, _ = _split(self.dataset[index])
        if isinstance(image, Image.Image):
            return image_picture(image)
        array = _channels_last(image)
        return array_picture(to_bytes(array, "0..255" if array.dtype.kind in "iu" else self.value_range))

    def stamp(self) -> str | None:
        """None: only reading tells."""
        return None

    def survey(self) -> Survey:
        """What the look at its opening told."""
        return self.surveyed


def open_dataset(dataset: Dataset[Any]) -> DatasetSource:
    """Read every item once: for the labels, the range of values and the content key."""
    kind = type(dataset).__name__
    if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__len__"):
        raise SettingError(
            f"`source` is a {kind} without length or index. Pass a map-style Dataset; "
            "to keep a stream, collect it first: `list(stream)` in a small Dataset."
        )
    if len(dataset) == 0:
        raise DataError(f"The dataset {kind} is empty. Pass one with at least 2 items.")
    look = _looked(dataset, len(dataset), kind)
    given = getattr(dataset, "classes", None)
    names = tuple(str(name) for name in given) if isinstance(given, list | tuple) else None
    numbers, classes = (None, None) if look.numbers is None else classes_of(look.numbers, names, kind)
    moving = "" if _holds_still(dataset) else "; items change from reading to reading, one reading of each is kept"
    return DatasetSource(
        dataset=dataset,
        name=kind.lower(),
        description=f"{kind}: torch Dataset of {len(dataset)} items, values {look.value_range}{moving}",
        value_range=look.value_range,
        surveyed=look.survey,
        numbers=numbers,
        classes=classes,
    )


def _looked(dataset: Dataset[Any], count: int, name: str) -> _Look:
    seen = _Seen()
    with progress_bar(f"reading {name}") as show:
        for index in range(count):
            try:
                image, label = _split(dataset[index])
                facts = _facts(image)
            except Exception as error:  # told again, with its name, when the item is prepared
                seen.digests.append(f"unreadable {type(error).__name__}")
                seen.labels.append(None)
            else:
                seen.add(image, facts, _number(label, index, name), _extremes(image, index, name))
            show(index + 1, count)
    return seen.look(name)


def _holds_still(dataset: Dataset[Any]) -> bool:
    try:
        first, second = (_digest(_split(dataset[0])[0]) for _ in range(2))
    except Exception:  # told when the item is prepared
        return True
    return first == second


def _split(item: Any) -> tuple[Any, Any]:
    if isinstance(item, tuple | list):
        return item[0], item[1] if len(item) > 1 else None
    return item, None


def _channels_last(image: Any) -> NDArray[Any]:
    is_tensor = isinstance(image, torch.Tensor)
    array: NDArray[Any] = image.detach().cpu().numpy() if is_tensor else np.asarray(image)
    if array.ndim == 2:
        return array
    if array.ndim == 3:
        first, last = array.shape[0] in _CHANNELS, array.shape[2] in _CHANNELS
        if first and (is_tensor or not last):  # torch's own order is channels first, numpy's last
            return np.moveaxis(array, 0, 2)
        if last:
            return array
    raise DataError(
        f"an image of shape {array.shape}; wanted are (H, W), (C, H, W) or (H, W, C) with 1, 3 or 4 channels"
    )


def _facts(image: Any) -> tuple[int, int, bool]:
    if isinstance(image, Image.Image):
        return image.width, image.height, eight_bit(image).mode == "L"
    array = _channels_last(image)
    return array.shape[1], array.shape[0], array.ndim == 2 or array.shape[2] == 1


def _extremes(image: Any, index: int, name: str) -> tuple[float, float] | None:
    """Least and greatest of a float image; None for bytes. Raises on values that mean nothing."""
    array = None if isinstance(image, Image.Image) else _channels_last(image)
    if array is None or array.dtype == np.uint8:
        return None
    low, high = float(array.min()), float(array.max())
    limits = (0, 255) if array.dtype.kind in "iu" else (-1, 1)
    if not (limits[0] <= low and high <= limits[1]):
        raise DataError(
            f"Item {index} of the dataset {name} has {array.dtype} values from {low:.4g} to {high:.4g}. "
            "Items must be PIL images, uint8 0..255, or floats in [0, 1] or [-1, 1], and finite."
        )
    return (low, high) if array.dtype.kind == "f" else None


def _digest(image: Any) -> str:
    array = np.asarray(image) if isinstance(image, Image.Image) else _channels_last(image)
    return content_key([str(array.shape), array.dtype.str, np.ascontiguousarray(array).tobytes()])


def _number(label: Any, index: int, name: str) -> int | None:
    if label is None:
        return None
    number = label.item() if isinstance(label, torch.Tensor | np.generic) and label.ndim == 0 else label
    if not isinstance(number, int):
        raise DataError(
            f"The label of item {index} of the dataset {name} is a {type(label).__name__}. "
            "Return one integer, or the image alone."
        )
    return number


def _all_or_none(labels: list[int | None]) -> LabelArray | None:
    known = [label for label in labels if label is not None]
    if not known:
        return None
    return np.array([known[0] if label is None else label for label in labels], dtype=np.int64)
