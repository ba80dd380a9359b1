"""Weight clipping: the first, crude way to keep a critic Lipschitz."""

from math import isfinite

import torch
from torch import Tensor, nn

from equipoise.core.errors import SettingError
from equipoise.core.types import Scalar


@torch.no_grad()
def weight_clip(module: nn.Module, bound: float) -> None:
    """Clamp every parameter to [-bound, bound], in place, after an optimiser step.

    Arjovsky et al. 2017, algorithm 1 (arXiv:1701.07875), with bound 0.01: all parameters, biases too. A NaN stays NaN.

    Raises:
        SettingError: `bound` is not a positive number.
    """
    _check_bound(bound)
    parameters: list[Tensor] = list(module.parameters())
    if parameters:
        torch._foreach_clamp_min_(parameters, -bound)
        torch._foreach_clamp_max_(parameters, bound)


@torch.no_grad()
def share_at_bound(module: nn.Module, bound: float) -> Scalar:
    """Share of the parameters that lie at the bound, 0 to 1, left on its device; near 1 the critic is a caricature."""
    _check_bound(bound)
    parameters = list(module.parameters())
    if not parameters:
        return torch.zeros(())
    at_bound = torch.stack([(p.abs() >= torch.full_like(p, bound)).sum() for p in parameters]).sum()
    return at_bound / sum(p.numel() for p in parameters)


def _check_bound(bound: float) -> None:
    if not (isfinite(bound) and bound > 0.0):
        raise SettingError(f"`bound` is {bound}, but must be positive; the WGAN paper clips at 0.01.")
