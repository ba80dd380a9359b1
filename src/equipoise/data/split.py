"""Which items are kept aside, to tell learning from remembering."""

import torch
from jaxtyping import Int
from torch import Tensor

from equipoise.core.randomness import derived_seed, seeded_generator

Indices = Int[Tensor, " _"]
"""Numbers of items of a store."""

SMALLEST_SPLIT = 64
"""Data sets under this size keep nothing aside: every image is needed for training."""

_PURPOSE = 0x5B117


def held_out_count(count: int, *, share: float = 0.05, at_most: int = 1024, at_least: int = 16) -> int:
    """`share` of the items, within `at_least` and `at_most`, never over a quarter; none below 64 items."""
    if count < SMALLEST_SPLIT:
        return 0
    return min(max(round(count * share), at_least), at_most, count // 4)


def split_held_out(
    count: int, seed: int, *, share: float = 0.05, at_most: int = 1024, at_least: int = 16
) -> tuple[Indices, Indices]:
    """Training and held-out indices, each ascending, fixed by `count` and `seed`."""
    kept = held_out_count(count, share=share, at_most=at_most, at_least=at_least)
    order = torch.randperm(count, generator=seeded_generator(derived_seed(seed, _PURPOSE)))
    return order[kept:].sort().values, order[:kept].sort().values
