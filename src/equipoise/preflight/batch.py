"""One batch out of whatever a user trains on."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from equipoise.core.errors import DataError
from equipoise.core.records import FactValue

MOST = 32
FEWEST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Real samples as they came, with their labels if they have any. At most 32: no test needs more."""

    samples: Tensor
    labels: Tensor | None = None
    facts: dict[str, FactValue] = field(default_factory=dict)


def first_batch(data: object, labels: Tensor | None) -> Batch:
    """The first batch of a tensor, a pair with labels, a data loader, any iterable of batches, or a dataset.

    Raises:
        DataError: there is no batch of numbers in it, or too small a one.
    """
    facts: dict[str, FactValue] = {}
    found = data
    if isinstance(data, DataLoader):
        facts = _size_facts(data.dataset)
        found = _next(data)
    elif isinstance(data, Dataset):
        facts = _size_facts(data)
        found = default_collate([data[place] for place in range(min(MOST, len(data)))])  # type: ignore[arg-type]
    elif not isinstance(data, Tensor | np.ndarray | tuple | list | dict) and isinstance(data, Iterable):
        found = _next(data)
    samples, own = _parts(found)
    chosen = labels if labels is not None else own
    _check(samples, chosen)
    facts["batch_size"] = float(len(samples))
    return Batch(samples=samples[:MOST], labels=None if chosen is None else chosen[:MOST], facts=facts)


def _next(data: Iterable[Any]) -> object:
    for batch in data:
        return batch
    raise DataError("`data` gives no batch at all. Give a tensor of real samples, or a loader that is not used up.")


def _parts(found: object) -> tuple[Tensor, Tensor | None]:
    if isinstance(found, dict):
        raise DataError(
            f"A batch of `data` is a dict with the keys {sorted(map(str, found))}. Give "
            "data=(samples, labels), such as data=(batch['image'], batch['label'])."
        )
    if isinstance(found, tuple | list):
        if not 1 <= len(found) <= 2:
            raise DataError(f"A batch of `data` has {len(found)} parts. Give data=samples or data=(samples, labels).")
        samples = _tensor(found[0])
        return samples, _tensor(found[1]) if len(found) == 2 else None
    return _tensor(found), None


def _tensor(value: object) -> Tensor:
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, np.ndarray | list):
        return torch.as_tensor(value)
    raise DataError(f"A batch of `data` holds a {type(value).__name__}. Give a tensor of real samples.")


def _check(samples: Tensor, labels: Tensor | None) -> None:
    if samples.ndim < 2 or len(samples) < FEWEST:
        raise DataError(
            f"The batch of real samples has shape {tuple(samples.shape)}. Give at least {FEWEST} samples, one a row."
        )
    if samples.is_floating_point() and not samples.isfinite().all():
        raise DataError(
            "The batch of real samples holds values that are NaN or infinite. Training cannot survive them."
        )
    if labels is not None and len(labels) != len(samples):
        raise DataError(f"There are {len(samples)} samples, but {len(labels)} labels. Give one label a sample.")


def _size_facts(dataset: object) -> dict[str, FactValue]:
    return {"dataset_size": float(len(dataset))} if isinstance(dataset, Sized) else {}
