"""Small states of play, made by hand and not by a recipe."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from equipoise.constraints import PenaltyTerm, constraint
from equipoise.core.steps import Batch
from equipoise.objectives import objective
from equipoise.training.game import Game
from equipoise.training.optimizers import OptimizerSettings, make_optimizer
from equipoise.training.state import TrainState, initial_state

LATENT = 3
WIDTH = 5


def player(inputs: int, outputs: int, *, seed: int, dtype: torch.dtype = torch.float32) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(inputs, 8), nn.LeakyReLU(0.2), nn.Linear(8, outputs)).to(dtype)


@pytest.fixture
def make_state() -> Callable[..., TrainState]:
    def make(
        *,
        optimizer: OptimizerSettings | None = None,
        generator: nn.Module | None = None,
        discriminator: nn.Module | None = None,
    ) -> TrainState:
        generator = generator or player(LATENT, WIDTH, seed=1)
        discriminator = discriminator or player(WIDTH, 1, seed=2)
        settings = optimizer or OptimizerSettings(learning_rate=0.01)
        return initial_state(
            generator=generator,
            discriminator=discriminator,
            g_optimizer=make_optimizer(generator, settings),
            d_optimizer=make_optimizer(discriminator, settings),
            seed=0,
            device=torch.device("cpu"),
        )

    return make


@pytest.fixture
def make_game() -> Callable[..., Game]:
    def make(name: str = "non_saturating", *, penalty: str = "", weight: float = 10.0, every: int = 1, **rules) -> Game:
        terms = (PenaltyTerm(penalty=constraint(penalty), weight=weight, every=every),) if penalty else ()
        return Game(objective=objective(name), latent_dim=LATENT, penalties=terms, **rules)

    return make


@pytest.fixture
def real() -> Batch:
    return Batch(samples=torch.randn(8, WIDTH, generator=torch.Generator().manual_seed(3)))
