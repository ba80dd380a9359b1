"""Samples from a generator, for looking at and for measuring: no graph, evaluation mode, a stream of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Int
from torch import Tensor, nn

from equipoise.core.calling import generated
from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Latents, Samples
from equipoise.sampling.latents import sample_latents


@torch.no_grad()
def generate(
    generator: nn.Module,
    count: int,
    *,
    latent_dim: int,
    labels: Int[Tensor, " labels"] | None = None,
    seed: int = 0,
    batch: int = 256,
    device: torch.device | str | None = None,
) -> Samples:
    """`count` samples in float32 on the CPU.

    All latents are drawn first, from a CPU stream, so the samples of a `seed` are the same up to rounding whatever
    `batch` and the device. `device` is where the generator lies, if its parameters do not tell. The generator works in
    evaluation mode and is put back as it was. One that draws noise of its own even then is outside this promise.

    Raises:
        SettingError: `count` or `batch` below 1, or `labels` of another length than `count`.
    """
    latents = sample_latents(count, latent_dim, seeded_generator(seed))
    return generate_from(generator, latents, labels, batch=batch, device=device)


@torch.no_grad()
def generate_from(
    generator: nn.Module,
    latents: Latents,
    labels: Int[Tensor, " labels"] | None = None,
    *,
    batch: int = 256,
    device: torch.device | str | None = None,
) -> Samples:
    """`generate` from latents that are given: one sample a latent, in float32 on the CPU."""
    if batch < 1:
        raise SettingError(f"`batch` is {batch}, but must be at least 1.")
    if labels is not None and len(labels) != len(latents):
        raise SettingError(f"`labels` has {len(labels)} entries for {len(latents)} samples.")
    where = device_of(generator) if device is None else device
    chunks = []
    with evaluating(generator):
        for start in range(0, len(latents), batch):
            part = slice(start, start + batch)
            samples = generated(generator, latents[part].to(where), None if labels is None else labels[part].to(where))
            chunks.append(samples.float().cpu())
    return torch.cat(chunks)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode within; afterwards every submodule is back in the mode it had, frozen ones too."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def device_of(module: nn.Module) -> torch.device:
    """Where the module's first parameter lies; the CPU if it has none."""
    parameter = next(module.parameters(), None)
    return torch.device("cpu") if parameter is None else parameter.device
