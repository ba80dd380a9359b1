"""What can be measured: items of a store, or samples of a generator. Both hand out batches, never all at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from jaxtyping import Int
from torch import Tensor, nn

from equipoise.core.errors import SettingError
from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.core.types import Labels, Samples
from equipoise.data import ImageStore, Indices, Store, as_samples
from equipoise.data.cache import content_key
from equipoise.sampling import generate_from, sample_latents, to_uint8

BATCH = 256

Split = Literal["full", "training", "held-out"]
Batch = tuple[Samples, Labels | None]


@runtime_checkable
class SampleSet(Protocol):
    """Samples by number: images in [-1, 1] at whole 8-bit levels, as they would lie on a disk, or points."""

    @property
    def name(self) -> str:
        """What a reader should call it."""
        ...

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Of one sample."""
        ...

    @property
    def key(self) -> str | None:
        """A hash of the content, under which features may be kept; None where they are not worth it."""
        ...

    @property
    def labels(self) -> Labels | None:
        """The class of each sample (of generated ones: the class that was asked for), where there are classes."""
        ...

    def __len__(self) -> int: ...

    def batches(self) -> Iterator[Samples]:
        """All samples in order."""
        ...

    def at(self, numbers: Indices) -> Samples:
        """Some of them."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class StoredSet:
    """Some items of a store."""

    name: str
    store: Store
    indices: Indices

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Of one item."""
        return self.store.sample_shape

    @property
    def key(self) -> str:
        """Of the data's content, how it was fitted to its size, and which items of it."""
        fit = self.store.manifest.fit if isinstance(self.store, ImageStore) else ""
        return content_key([self.store.fingerprint, repr((self.sample_shape, fit)), self.indices.numpy().tobytes()])

    @property
    def labels(self) -> Labels | None:
        """The class of each item."""
        return None if self.store.labels is None else self.store.labels[self.indices]

    def batches(self) -> Iterator[Samples]:
        """All items in order."""
        for part in self.indices.split(BATCH):
            yield self.store.batch(part)[0]

    def at(self, numbers: Indices) -> Samples:
        """Some of the items."""
        return self.store.batch(self.indices[numbers])[0]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class GeneratedSet:
    """Samples that `generator` makes of latents fixed by `seed`. Latents are standard normal, never truncated."""

    name: str
    generator: nn.Module
    latent_dim: int
    sample_shape: tuple[int, ...]
    count: int
    seed: int
    labels: Labels | None = None
    key: None = None

    def __len__(self) -> int:
        return self.count

    def batches(self) -> Iterator[Samples]:
        """All samples in order."""
        for numbers in torch.arange(self.count).split(BATCH):
            yield self.at(numbers)

    def at(self, numbers: Indices) -> Samples:
        """Some of the samples. Each block of `BATCH` has latents of its own, so that any of them is drawn alone."""
        blocks = numbers.div(BATCH, rounding_mode="floor")
        latents = torch.empty(len(numbers), self.latent_dim)
        for block in blocks.unique().tolist():
            here = blocks == block
            latents[here] = self._latents(block)[numbers[here] - block * BATCH]
        labels = None if self.labels is None else self.labels[numbers]
        return _as_on_disk(generate_from(self.generator, latents, labels))

    def _latents(self, block: int) -> Tensor:
        return sample_latents(BATCH, self.latent_dim, seeded_generator(derived_seed(self.seed, block)))


def split_of(store: Store, name: str, *, split: Split = "full", seed: int = 0) -> StoredSet:
    """All items, or those that a run with `seed` trains on or holds out.

    Raises:
        SettingError: nothing is held out of so few items.
    """
    training, held_out = store.split_held_out(seed)
    indices = {"full": torch.arange(len(store)), "training": training, "held-out": held_out}[split]
    if len(indices) == 0:
        raise SettingError(f"`--split {split}` is empty: nothing is held out of {len(store)} items. Take full.")
    return StoredSet(name=name, store=store, indices=indices)


def labels_like(labels: Labels, count: int) -> Int[Tensor, " count"]:
    """`count` labels in the proportions of `labels`: what a conditional generator is asked for."""
    ordered = labels.sort().values
    return ordered[((torch.arange(count) + 0.5) * len(ordered) / count).long()]


def _as_on_disk(samples: Samples) -> Samples:
    return as_samples(to_uint8(samples)) if samples.ndim == 4 else samples
