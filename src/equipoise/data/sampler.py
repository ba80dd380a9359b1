"""The order in which the items are shown, as a pure function of a seed and a position."""

import torch

from equipoise.core.errors import SettingError
from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.data.split import Indices


class Sampler:
    """An endless chain of shuffled epochs. To resume, keep the position: the number of items shown so far.

    `batch_at(position, n)` depends on the indices, the seed and the two numbers alone. A batch runs over the end of an
    epoch, so within each stretch of `len(indices)` items from a multiple of it, every item comes exactly once.
    """

    def __init__(self, indices: Indices, seed: int) -> None:
        if len(indices) == 0:
            raise SettingError("`indices` is empty: there is nothing to sample. Pass at least one index.")
        self.indices = indices
        self.seed = seed
        self._epoch = -1
        self._order = indices

    def __len__(self) -> int:
        return len(self.indices)

    def batch_at(self, position: int, batch_size: int) -> Indices:
        """The `batch_size` item indices that follow after `position` items were shown."""
        if position < 0 or batch_size < 1:
            raise SettingError(
                f"`position` is {position} and `batch_size` is {batch_size}. They must be at least 0 and 1."
            )
        pieces, wanted = [], batch_size
        while wanted > 0:
            epoch, offset = divmod(position, len(self))
            piece = self._permutation(epoch)[offset : offset + wanted]
            pieces.append(piece)
            position, wanted = position + len(piece), wanted - len(piece)
        return torch.cat(pieces)

    def _permutation(self, epoch: int) -> Indices:
        if epoch != self._epoch:
            stream = seeded_generator(derived_seed(self.seed, epoch))
            self._order = self.indices[torch.randperm(len(self), generator=stream)]
            self._epoch = epoch
        return self._order
