"""Everything that changes while a run goes on, in one place."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import nn

from equipoise.core.processes import ALONE, Processes
from equipoise.core.randomness import derived_seed, seeded_generator


@dataclass(kw_only=True, slots=True)
class TrainState:
    """What a checkpoint holds. If a field is not here, a resumed run forgets it.

    `processes` play it together: all hold the same, but for the random streams, of which each has its own. It is not in
    the checkpoint, since a run may go on with another number of them.

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
    processes: Processes = ALONE
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
    processes: Processes = ALONE,
) -> TrainState:
    """The state before the first step. The averaged generator starts as a copy of the generator.

    The first process draws what it would draw alone; each of the others has a stream of its own.
    """
    stream = (LATENT_STREAM,) if processes.first else (LATENT_STREAM, processes.rank)
    averaged = deepcopy(generator).requires_grad_(False)
    return TrainState(
        generator=generator,
        discriminator=discriminator,
        averaged_generator=averaged.eval(),
        g_optimizer=g_optimizer,
        d_optimizer=d_optimizer,
        rng=seeded_generator(derived_seed(seed, *stream), device=device),
        processes=processes,
    )
