"""Which losses a set-up plays, as functions of both players' scores."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from equipoise.objectives import Objective
from equipoise.preflight.setup import SetUp
from equipoise.probes.active.slopes import PairLoss, pair_loss


@dataclass(frozen=True, slots=True)
class Losses:
    """Both losses, None where unknown; `own` if the user wrote them, so that their signs are his."""

    discriminator: PairLoss | None
    generator: PairLoss | None
    own: bool


def chosen_losses(setup: SetUp) -> Losses:
    """The user's functions; else those of a criterion such as nn.BCELoss(); else those of an objective."""
    if setup.discriminator_loss is not None or setup.generator_loss is not None:
        return Losses(
            None
            if setup.discriminator_loss is None
            else pair_loss(setup.discriminator_loss, argument="discriminator_loss"),
            None if setup.generator_loss is None else pair_loss(setup.generator_loss, argument="generator_loss"),
            own=True,
        )
    if setup.loss is not None:
        return _of_criterion(setup.loss)
    if isinstance(setup.objective, Objective):
        return _of_objective(setup.objective)
    return Losses(None, None, own=False)


def _of_criterion(criterion: Callable[..., object]) -> Losses:
    """`criterion(scores, targets)` as everybody uses it: 1 for reals, 0 for fakes, 1 for the generator."""

    def discriminator(real: Tensor, fake: Tensor) -> object:
        return _joined(criterion(real, torch.ones_like(real)), criterion(fake, torch.zeros_like(fake)))

    def generator(fake: Tensor) -> object:
        return criterion(fake, torch.ones_like(fake))

    return Losses(pair_loss(discriminator, argument="loss"), pair_loss(generator, argument="loss"), own=False)


def _joined(real: object, fake: object) -> object:
    return real + fake if isinstance(real, Tensor) and isinstance(fake, Tensor) else real


def _of_objective(objective: Objective) -> Losses:
    def discriminator(real: Tensor, fake: Tensor) -> Tensor:
        return objective.discriminator(real.flatten(), fake.flatten())

    def generator(real: Tensor, fake: Tensor) -> Tensor:
        return objective.generator(real.flatten(), fake.flatten())

    return Losses(discriminator, generator, own=False)
