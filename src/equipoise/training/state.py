"""Everything that changes while a run goes on, in one place."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import nn

from equipoise.core.randomness import derived_seed, seeded_generator


@dataclass(kw_only=True, slots=True)
class TrainState:
    """What a checkpoint holds. If a field is not here, a resumed run forgets it.

    `images_seen` counts real images shown to the discriminator. It is also the sampler's position and the clock of
    schedules and averages, so none of these can disagree after a resume.
    `seconds` is the training time of the whole run, over all resumptions.
    """

    generator: nn.Module
    discriminator: nn.Module
    averaged_generator: nn.Module
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    rng: torch.Generator
    images_seen: int = 0
    d_updates: int = 0
    g_updates: int = 0
    seconds: float = 0.0

    @property
    def device(self) -> torch.device:
        """Where the players and the random stream live."""
        return self.rng.device


LATENT_STREAM = 1


def initial_state(
    *,
    generator: nn.Module,
    discriminator: nn.Module,
    g_optimizer: torch.optim.Optimizer,
    d_optimizer: torch.optim.Optimizer,
    seed: int,
    device: torch.device,
) -> TrainState:
    """The state before the first step. The averaged generator starts as a copy of the generator."""
    averaged = deepcopy(generator).requires_grad_(False)
    return TrainState(
        generator=generator,
        discriminator=discriminator,
        averaged_generator=averaged.eval(),
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        rng=seeded_generator(derived_seed(seed, LATENT_STREAM), device=device),
    )
