"""Ways between samples: what lies between two latents, or between two classes."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import one_hot

from equipoise.core.calling import generated
from equipoise.core.errors import SettingError
from equipoise.core.types import LabelWeights, Latents, Samples
from equipoise.sampling.generate import device_of, evaluating
from equipoise.sampling.latents import slerp

Frames = Float[Tensor, "frames *sample"]
"""Samples of several ways, one way after the other: a grid of `steps` columns shows one way a row."""

BlendingGenerator = Callable[[Latents, LabelWeights], Samples]
"""A conditional generator as a function of latents and label weights."""


@torch.no_grad()
def interpolate_latents(
    generator: nn.Module,
    start: Float[Tensor, "ways latent_dim"],
    end: Float[Tensor, "ways latent_dim"],
    *,
    steps: int,
    labels: Int[Tensor, " ways"] | None = None,
) -> Frames:
    """From `start` to `end` by `slerp`, in `steps` samples with both ends, the label of each way fixed; on the CPU."""
    where = device_of(generator)
    columns = []
    with evaluating(generator):
        for t in _positions(steps):
            latents = slerp(start, end, t).to(where)
            columns.append(generated(generator, latents, None if labels is None else labels.to(where)).float().cpu())
    return torch.stack(columns, dim=1).flatten(0, 1)


@torch.no_grad()
def interpolate_classes(
    blend: BlendingGenerator,
    latents: Float[Tensor, "ways latent_dim"],
    *,
    start: int,
    end: int,
    classes: int,
    steps: int,
) -> Frames:
    """From class `start` to class `end` with each latent fixed, in `steps` samples with both ends; on the CPU.

    `blend` decides what a weight on a class means (usually a weighted mean of class embeddings) and in which mode its
    network runs. The weights are on the latents' device and of their type.
    """
    if not (0 <= start < classes and 0 <= end < classes):
        raise SettingError(f"`start` and `end` are {start} and {end}, but classes run from 0 to {classes - 1}.")
    ends = one_hot(torch.tensor([start, end]), classes).to(latents)
    columns = []
    for t in _positions(steps):
        weights = torch.lerp(ends[0], ends[1], t).expand(len(latents), classes)
        columns.append(blend(latents, weights).float().cpu())
    return torch.stack(columns, dim=1).flatten(0, 1)


def _positions(steps: int) -> list[float]:
    if steps < 2:
        raise SettingError(f"`steps` is {steps}, but must be at least 2: both ends are among them.")
    return [step / (steps - 1) for step in range(steps)]
