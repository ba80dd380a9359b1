"""Prepared data that training reads: memory-mapped bytes for images, plain floats for points."""

from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from equipoise.core.errors import DataError
from equipoise.core.types import Labels, Samples, StoredImages
from equipoise.data.cache import array_digest
from equipoise.data.manifest import Manifest
from equipoise.data.source import Mixture
from equipoise.data.split import Indices, split_held_out

Device = torch.device | str


def as_samples(stored: StoredImages) -> Samples:
    """Bytes 0..255 to floats in [-1, 1]; the inverse of `round((x + 1) * 127.5)`."""
    return stored.to(torch.float32).div_(127.5).sub_(1.0)


@runtime_checkable
class Store(Protocol):
    """What training needs of its data."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """`(channels, height, width)` of an image, `(2,)` of a point."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes when any content does."""
        ...

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class names to condition on."""
        ...

    @property
    def labels(self) -> Labels | None:
        """Class indices, where there are classes."""
        ...

    @property
    def modes(self) -> Labels | None:
        """The true mode of each item, where it is known and is no class."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know before training, one sentence each."""
        ...

    def __len__(self) -> int: ...

    def stored(self, indices: Indices | None = None) -> torch.Tensor:
        """A copy of all items, or of those at `indices`, as they are kept: images as bytes, points as floats."""
        ...

    def batch(self, indices: Indices, device: Device = "cpu") -> tuple[Samples, Labels | None]:
        """The items at `indices`, on `device`."""
        ...

    def split_held_out(
        self, seed: int, *, share: float = 0.05, at_most: int = 1024, at_least: int = 16
    ) -> tuple[Indices, Indices]:
        """Training and held-out indices; none are held out below 64 items."""
        ...


class ImageStore:
    """A prepared folder: `images.npy`, perhaps `labels.npy`, `manifest.json`. Opened on first use, read only.

    Pickling carries the path alone, so that worker processes map the same file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = Manifest.read(folder)
        self._numbers = self._read_numbers()
        expected = (self.manifest.count, *self.manifest.sample_shape)
        if self._images.shape != expected or self._images.dtype != np.uint8:
            raise _damaged(folder, f"images.npy holds {self._images.dtype} {self._images.shape}, not {expected}")

    def __reduce__(self) -> tuple[type["ImageStore"], tuple[Path]]:
        return (ImageStore, (self.folder,))

    def __repr__(self) -> str:
        return f"ImageStore({self.manifest.name}: {len(self)} x {self.sample_shape})"

    def __len__(self) -> int:
        return self.manifest.count

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """`(channels, height, width)`."""
        return self.manifest.sample_shape

    @property
    def fingerprint(self) -> str:
        """Of the source's content, whatever was made of it."""
        return self.manifest.fingerprint

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class names to condition on."""
        return self.manifest.classes

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know before training, one sentence each."""
        return self.manifest.notes

    @property
    def labels(self) -> Labels | None:
        """int64 class indices, where there are classes."""
        return self._numbers if self.manifest.classes is not None else None

    @property
    def modes(self) -> Labels | None:
        """int64 mode indices (stacked MNIST), where the numbers are no classes."""
        return self._numbers if self.manifest.classes is None else None

    def stored(self, indices: Indices | None = None) -> StoredImages:
        """A copy of the bytes, of all items or some. All at once on a device is the quickest feed for a small set."""
        rows = self._images if indices is None else self._images[indices.cpu().numpy()]
        return torch.from_numpy(np.array(rows, copy=True) if indices is None else rows)

    def batch(self, indices: Indices, device: Device = "cpu") -> tuple[Samples, Labels | None]:
        """Floats in [-1, 1] and class indices, or None. Bytes travel to the device and become floats there."""
        images = as_samples(self.stored(indices).to(device, non_blocking=True))
        labels = None if self.labels is None else self.labels[indices.cpu()].to(device, non_blocking=True)
        return images, labels

    def split_held_out(
        self, seed: int, *, share: float = 0.05, at_most: int = 1024, at_least: int = 16
    ) -> tuple[Indices, Indices]:
        """Training and held-out indices; see `equipoise.data.split`."""
        return split_held_out(len(self), seed, share=share, at_most=at_most, at_least=at_least)

    @cached_property
    def _images(self) -> NDArray[Any]:
        try:
            images: NDArray[Any] = np.load(self.folder / "images.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise _damaged(self.folder, f"images.npy: {error}") from error
        return images

    def _read_numbers(self) -> Labels | None:
        if self.manifest.classes is None and not self.manifest.has_modes:
            return None
        try:
            numbers = np.load(self.folder / "labels.npy", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise _damaged(self.folder, f"labels.npy: {error}") from error
        if numbers.shape != (self.manifest.count,) or numbers.dtype != np.int64:
            raise _damaged(self.folder, f"labels.npy holds {numbers.dtype} {numbers.shape}")
        return torch.from_numpy(numbers)


class PointStore:
    """Points in the plane, in memory, as they are."""

    def __init__(
        self, points: Samples, *, name: str, modes: Labels | None = None, mixture: Mixture | None = None
    ) -> None:
        self.name = name
        self.mixture = mixture
        self._points = points
        self._modes = modes

    def __repr__(self) -> str:
        return f"PointStore({self.name}: {len(self)} points)"

    def __len__(self) -> int:
        return len(self._points)

    @property
    def sample_shape(self) -> tuple[int]:
        """Always `(2,)`."""
        return (2,)

    @property
    def fingerprint(self) -> str:
        """Of the points themselves."""
        return array_digest(self._points.numpy())

    @property
    def classes(self) -> None:
        """Points have no classes."""
        return None

    @property
    def labels(self) -> None:
        """Points have no class labels."""
        return None

    @property
    def modes(self) -> Labels | None:
        """The mode each point was drawn from."""
        return self._modes

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing to warn of."""
        return ()

    def stored(self, indices: Indices | None = None) -> Samples:
        """A copy of the points, all or some."""
        return self._points.clone() if indices is None else self._points[indices.cpu()]

    def batch(self, indices: Indices, device: Device = "cpu") -> tuple[Samples, None]:
        """The points at `indices`, and no labels."""
        return self.stored(indices).to(device), None

    def split_held_out(
        self, seed: int, *, share: float = 0.05, at_most: int = 1024, at_least: int = 16
    ) -> tuple[Indices, Indices]:
        """Training and held-out indices; see `equipoise.data.split`."""
        return split_held_out(len(self), seed, share=share, at_most=at_most, at_least=at_least)


def _damaged(folder: Path, what: str) -> DataError:
    return DataError(
        f"The prepared data in `{folder}` is damaged: {what}. Delete the folder; it will be prepared again."
    )
