"""Layers that let a discriminator compare the samples of a batch, so that a collapsed batch looks fake."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from equipoise.core.types import Features

Extended = Float[Tensor, "batch extended"]
"""Features with what the batch tells appended."""


class MinibatchDiscrimination(nn.Module):
    """Append to each sample's features how close it lies to the others under learned kernels.

    o(x_i)_b = sum over j of exp(-||M_i,b - M_j,b||_1) with M_i = f(x_i) T (Salimans et al. 2016, arXiv 1606.03498,
    section 3.2). As in the equation the sum includes j = i, a constant 1. Memory grows with the batch squared.
    """

    def __init__(self, features: int, *, kernels: int = 50, kernel_dim: int = 5):
        super().__init__()
        self.kernels = kernels
        self.project = nn.Linear(features, kernels * kernel_dim, bias=False)

    def forward(self, features: Features) -> Extended:
        """`(batch, features)` to `(batch, features + kernels)`."""
        projected: Tensor = self.project(features).view(len(features), self.kernels, -1)
        distances = (projected[:, None] - projected[None, :]).abs().sum(dim=3)
        closeness = torch.exp(-distances).sum(dim=1)
        return torch.cat([features, closeness], dim=1)


class MinibatchStddev(nn.Module):
    """Append one number: the standard deviation over a group of samples, averaged over all features.

    Karras et al. 2018 (arXiv 1710.10196, section 3); groups are consecutive samples. A batch that `group_size` does
    not divide is one group. The epsilon keeps the slope finite where a group is constant.
    """

    def __init__(self, group_size: int = 4, *, eps: float = 1e-8):
        super().__init__()
        self.group_size = group_size
        self.eps = eps

    def forward(self, features: Features) -> Extended:
        """`(batch, features)` to `(batch, features + 1)`."""
        batch, count = features.shape
        size = batch if batch % self.group_size else self.group_size
        wide = torch.promote_types(features.dtype, torch.float32)  # in half precision the epsilon would be zero
        groups = features.to(wide).reshape(-1, size, count)
        spread = (groups.var(dim=1, correction=0) + self.eps).sqrt().mean(dim=1)
        return torch.cat([features, spread.to(features.dtype).repeat_interleave(size)[:, None]], dim=1)
