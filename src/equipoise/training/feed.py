"""Real batches by position: the stream of a run is a function, so a resumed run needs only the number."""

from dataclasses import dataclass

import torch

from equipoise.core.processes import ALONE, Processes
from equipoise.core.steps import Batch
from equipoise.data import Sampler, Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """Batches of `store`'s training part on `device`; without labels where the game is unconditional.

    `batch_size` is that of all processes together; each reads its own share of the images and no other.
    """

    store: Store
    sampler: Sampler
    batch_size: int
    device: torch.device
    conditional: bool
    processes: Processes = ALONE

    def at(self, position: int) -> Batch:
        """The batch that follows after `position` images have been shown, or this process's share of it."""
        indices = self.processes.share(self.sampler.batch_at(position, self.batch_size))
        samples, labels = self.store.batch(indices, self.device)
        return Batch(samples=samples, labels=labels if self.conditional else None)
