"""When training has left the finite numbers: found before anything of it is saved, and said so."""

from collections.abc import Mapping

import torch
from torch import Tensor

from equipoise.core.errors import TrainingDiverged
from equipoise.training.state import TrainState


def require_finite(tensors: Mapping[str, Tensor], state: TrainState) -> None:
    """Raise `TrainingDiverged` if any weight or optimiser moment in `tensors` is no finite number."""
    for name, value in tensors.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise TrainingDiverged(divergence(name, "not finite", state))


def divergence(what: str, value: str, state: TrainState) -> str:
    """The sentence a user reads when training has diverged."""
    return (
        f"`{what}` became {value} at {state.images_seen:,} images; nothing of it was saved, the last checkpoint is "
        "from before. Ways out, in order: a lower learning rate (--set discriminator.learning_rate=...), float32 "
        "instead of bfloat16, a gradient penalty or spectral normalisation. Start again in a new folder with one."
    )
