"""How real batches reach a GPU: out of its own memory, where all bytes lie, or one batch ahead of the step."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from equipoise.core.types import Labels, Samples
from equipoise.data import Store, as_samples
from equipoise.data.split import Indices

SHARE_OF_FREE_MEMORY = 0.25
"""Data that takes more of what is free on the device stays outside: networks and their gradients need the rest."""

Pair = tuple[Samples, Labels | None]


@runtime_checkable
class Reader(Protocol):
    """Makes batches on a device. `following` tells which items will be asked for next."""

    def batch(self, indices: Indices, following: Callable[[], Indices]) -> Pair:
        """The items at `indices`, and their labels."""
        ...


def reader_for(store: Store, device: torch.device) -> Reader | None:
    """The quickest reader there is; None on a CPU, which reads the store's memory as it is."""
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    return Resident(store, device) if fits(store, free) else Ahead(store, device)


def fits(store: Store, free_bytes: int) -> bool:
    """Whether all items of `store` may lie in a memory of which so much is free."""
    one = store.stored(torch.zeros(1, dtype=torch.int64))
    return len(store) * one.numel() * one.element_size() <= SHARE_OF_FREE_MEMORY * free_bytes


class Resident:
    """All items on the device, images as bytes: a batch is picked there, and only its indices travel."""

    def __init__(self, store: Store, device: torch.device) -> None:
        self._device = device
        self._items = store.stored().to(device)
        self._labels = None if store.labels is None else store.labels.to(device)

    def batch(self, indices: Indices, following: Callable[[], Indices]) -> Pair:
        """The items at `indices`, and their labels."""
        chosen = indices.to(self._device, non_blocking=True)
        return _samples(self._items[chosen]), None if self._labels is None else self._labels[chosen]


class Ahead:
    """Two buffers: while the device computes on one batch, the next is copied there from pinned memory."""

    def __init__(self, store: Store, device: torch.device) -> None:
        self._store, self._device = store, device
        self._stream = torch.cuda.Stream(device)
        self._coming: tuple[Indices, list[Tensor]] | None = None

    def batch(self, indices: Indices, following: Callable[[], Indices]) -> Pair:
        """The items at `indices`, and their labels; those that follow are on their way afterwards."""
        expected = self._coming is not None and torch.equal(self._coming[0], indices)
        arriving = self._coming[1] if self._coming is not None and expected else self._sent(indices)
        computing = torch.cuda.current_stream(self._device)
        computing.wait_stream(self._stream)
        for tensor in arriving:
            tensor.record_stream(computing)  # made on the other stream, and not to be reused before this one is done
        batch = _samples(arriving[0]), arriving[1] if len(arriving) > 1 else None
        after = following()
        self._coming = (after, self._sent(after))
        return batch

    def _sent(self, indices: Indices) -> list[Tensor]:
        labels = [] if self._store.labels is None else [self._store.labels[indices.cpu()]]
        pinned = [tensor.pin_memory() for tensor in (self._store.stored(indices), *labels)]
        with torch.cuda.stream(self._stream):
            return [tensor.to(self._device, non_blocking=True) for tensor in pinned]


def _samples(stored: Tensor) -> Samples:
    """Images travel and rest as bytes; points are floats throughout."""
    return as_samples(stored) if stored.dtype == torch.uint8 else stored
