"""The averaged generator: what is sampled, evaluated and handed out."""

import torch
from torch import Tensor, nn

from equipoise.training.state import TrainState

WARM_UP_SHARE = 0.05
"""Early in a run the half-life is at most this share of the images seen, so that the average forgets the first noise.
The same ramp-up as StyleGAN2's (`ema_rampup`, arXiv 1912.04958, appendix B)."""


@torch.no_grad()
def update_average(state: TrainState, *, half_life: int, images: int) -> None:
    """Exponential moving average of G's weights and statistics; the half-life counts images, not steps.

    Batch normalisation's running statistics are averaged like weights, because they belong to those weights.
    Counters are copied. A half-life of 0 copies the generator as it is.
    """
    in_force = min(half_life, WARM_UP_SHARE * state.images_seen)
    keep = 0.5 ** (images / in_force) if in_force > 0 else 0.0
    averaged, current = _tensors(state.averaged_generator), _tensors(state.generator)
    smooth = [(a, c) for a, c in zip(averaged, current, strict=True) if a.is_floating_point()]
    torch._foreach_lerp_([a for a, _ in smooth], [c for _, c in smooth], 1.0 - keep)
    for a, c in zip(averaged, current, strict=True):
        if not a.is_floating_point():
            a.copy_(c)


def _tensors(module: nn.Module) -> list[Tensor]:
    return [*module.parameters(), *module.buffers()]
