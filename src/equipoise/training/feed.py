"""Real batches by position: the stream of a run is a function, so a resumed run needs only the number."""

from dataclasses import dataclass, replace

import torch

from equipoise.core.processes import ALONE, Processes
from equipoise.core.steps import Batch
from equipoise.data import Sampler, Store
from equipoise.data.split import Indices
from equipoise.training.transfer import Reader, reader_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """Batches of `store`'s training part on `device`; without labels where the game is unconditional.

    `batch_size` is that of all processes together; each reads its own share of the images and no other. A `reader`
    makes the same batches in less time.
    """

    store: Store
    sampler: Sampler
    batch_size: int
    device: torch.device
    conditional: bool
    processes: Processes = ALONE
    reader: Reader | None = None

    def quickened(self) -> "Feed":
        """The same stream by the quickest reader of its device: for a run, since that may move all data there."""
        return replace(self, reader=reader_for(self.store, self.device))

    def at(self, position: int) -> Batch:
        """The batch that follows after `position` images have been shown, or this process's share of it."""
        indices = self._indices(position)
        if self.reader is None:
            samples, labels = self.store.batch(indices, self.device)
        else:
            samples, labels = self.reader.batch(indices, lambda: self._indices(position + self.batch_size))
        return Batch(samples=samples, labels=labels if self.conditional else None)

    def _indices(self, position: int) -> Indices:
        return self.processes.share(self.sampler.batch_at(position, self.batch_size))
