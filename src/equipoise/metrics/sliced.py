"""Sliced Wasserstein distance: the earth mover's distance along random lines, exact on each line."""

from math import ceil

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator

_AT_ONCE = 32  # projections held in memory together


def sliced_wasserstein(
    a: Float[Tensor, "a_samples a_features"],
    b: Float[Tensor, "b_samples b_features"],
    projections: int = 256,
    seed: int = 0,
) -> float:
    """Mean over random directions of the Wasserstein-1 distance between the projected samples, in the samples' unit.

    Rabin et al. 2012; Bonneel et al. 2015, definition 6, with exponent 1. On a line the optimal transport joins the
    i-th smallest of either side. Directions are uniform on the sphere, the same for the same `seed`; float64.
    A shift by v is seen as |v| Gamma(d/2) / (sqrt(pi) Gamma((d+1)/2)), about 0.8 |v| / sqrt(d) in d dimensions.

    Raises:
        SettingError: sets of unequal or no size, or of different width, or no projections.
    """
    if len(a) != len(b) or len(a) == 0 or a.shape[1] != b.shape[1]:
        raise SettingError(f"Sample sets must be alike and not empty, but are {tuple(a.shape)} and {tuple(b.shape)}.")
    if projections < 1:
        raise SettingError(f"`projections` is {projections}, but must be at least 1.")
    a, b = a.detach().double(), b.detach().double()
    directions = _directions(a.shape[1], projections, seed).to(a.device)
    total = sum(_transport(a @ d, b @ d) for d in directions.chunk(ceil(projections / _AT_ONCE), dim=1))
    return float(total) / projections


def _directions(features: int, projections: int, seed: int) -> Float[Tensor, "features projections"]:
    normal = torch.randn(features, projections, generator=seeded_generator(seed), dtype=torch.float64)
    directions: Tensor = normal / normal.norm(dim=0, keepdim=True)
    return directions


def _transport(a: Float[Tensor, "samples lines"], b: Float[Tensor, "samples lines"]) -> Float[Tensor, ""]:
    """Wasserstein-1 along each line, summed over the lines."""
    return (a.sort(dim=0).values - b.sort(dim=0).values).abs().mean(dim=0).sum()
