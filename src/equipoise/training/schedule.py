"""Learning rates over a run, as pure functions of the images seen: a resumed run needs no memory of them."""

from dataclasses import dataclass
from typing import Literal

from torch.optim import Optimizer

from equipoise.training.state import TrainState

Decay = Literal["constant", "exponential", "linear"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """A factor on both players' base learning rates.

    `exponential` multiplies by `rate` after each epoch of `epoch_images`; `linear` falls from 1 to 0 over
    `total_images`, as in the published WGAN-GP and SNGAN runs.
    """

    g_learning_rate: float
    d_learning_rate: float
    decay: Decay = "constant"
    rate: float = 0.99
    epoch_images: int = 1
    total_images: int = 1

    def factor(self, images_seen: int) -> float:
        """The share of the base learning rate in force after `images_seen` images."""
        if self.decay == "exponential":
            return self.rate ** (images_seen // self.epoch_images)
        if self.decay == "linear":
            return max(0.0, 1.0 - images_seen / self.total_images)
        return 1.0

    def apply(self, state: TrainState) -> None:
        """Set both optimisers' learning rates for the next updates."""
        factor = self.factor(state.images_seen)
        _set_learning_rate(state.g_optimizer, factor * self.g_learning_rate)
        _set_learning_rate(state.d_optimizer, factor * self.d_learning_rate)


def _set_learning_rate(optimizer: Optimizer, learning_rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
