"""Self-attention over the positions of a feature map."""

import torch
from torch import Tensor, nn

from equipoise.core.types import Images
from equipoise.networks.spec import Spec


class SelfAttention(nn.Module):
    """Let every position look at every other: y = x + gamma * v(softmax(f(x)' g(x)) h(x)), gamma zero at first.

    SAGAN (Zhang et al. 2018, arXiv 1805.08318, eqs. 1 to 3), with an eighth of the channels inside. Written as plain
    products, since fused attention kernels have no second derivative. Memory grows with the fourth power of the size.
    """

    def __init__(self, channels: int):
        super().__init__()
        inner = max(1, channels // 8)
        self.query = nn.Conv2d(channels, inner, 1, bias=False)
        self.key = nn.Conv2d(channels, inner, 1, bias=False)
        self.value = nn.Conv2d(channels, inner, 1, bias=False)
        self.output = nn.Conv2d(inner, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, features: Images) -> Images:
        """`(batch, channels, height, width)` to the same shape."""
        query, key, value = (layer(features).flatten(2) for layer in (self.query, self.key, self.value))
        weights = torch.softmax(query.transpose(1, 2) @ key, dim=2)
        seen = (value @ weights.transpose(1, 2)).unflatten(2, features.shape[2:])
        attended: Tensor = self.output(seen)
        return features + self.gamma * attended


def attention_at(spec: Spec, resolution: int, channels: int) -> list[nn.Module]:
    """A self-attention layer if the spec wants one at this resolution, else nothing."""
    return [SelfAttention(channels)] if spec.attention_at == resolution else []
