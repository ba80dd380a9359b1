"""Small games of every kind, and two equal states of each: one for the eager step, one for the graph."""

import copy
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from equipoise.constraints import PenaltyTerm, constraint, spectral_norm
from equipoise.core.steps import Batch
from equipoise.networks import DiscriminatorSpec, GeneratorSpec, build_discriminator, build_generator
from equipoise.objectives import objective
from equipoise.training.fused import native
from equipoise.training.fused.adam import adam_kernel
from equipoise.training.fused.dense import product_kernel
from equipoise.training.fused.graphs import StepGraph, Turn, without_weights
from equipoise.training.game import Game
from equipoise.training.optimizers import OptimizerSettings, make_optimizer
from equipoise.training.state import TrainState, initial_state

LATENT, BATCH, CLASSES = 3, 4, 3


@pytest.fixture(autouse=True)
def _quiet(monkeypatch) -> None:
    """PyTorch's own trace is megabytes of debug lines, which pytest would keep."""
    monkeypatch.setattr(logging.getLogger("torch.__trace"), "disabled", True)


@pytest.fixture(params=native.INSTRUCTIONS)
def instructions(request, monkeypatch) -> Iterator[None]:
    """Kernels as they are built for each kind of processor that this one can stand for."""
    best = torch.backends.cpu.get_cpu_capability()
    if request.param == "AVX512" and best != "AVX512":
        pytest.skip("this processor has no AVX-512")
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: request.param)
    for kernel in (adam_kernel, product_kernel):
        kernel.cache_clear()
    yield
    for kernel in (adam_kernel, product_kernel):
        kernel.cache_clear()


@pytest.fixture
def float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def state_of(generator: nn.Module, discriminator: nn.Module, device: str = "cpu", **settings) -> TrainState:
    chosen = OptimizerSettings(**{"learning_rate": 0.01, **settings})
    return initial_state(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=make_optimizer(generator, chosen),
        d_optimizer=make_optimizer(discriminator, chosen),
        seed=0,
        device=torch.device(device),
    )


def twins(generator: nn.Module, discriminator: nn.Module, **settings) -> tuple[TrainState, TrainState]:
    return tuple(state_of(copy.deepcopy(generator), copy.deepcopy(discriminator), **settings) for _ in range(2))


def game_of(name: str, *penalties: str, every: int = 1, weight: float = 2.0, **rules) -> Game:
    terms = tuple(PenaltyTerm(penalty=constraint(penalty), weight=weight, every=every) for penalty in penalties)
    return Game(objective=objective(name), latent_dim=LATENT, penalties=terms, **rules)


GENERATOR = GeneratorSpec(architecture="mlp", sample_shape=(2,), latent_dim=LATENT, hidden=(6,))
DISCRIMINATOR = DiscriminatorSpec(architecture="mlp", sample_shape=(2,), hidden=(6, 5))
IMAGES = {"sample_shape": (1, 16, 16)}
LABELS = {"classes": CLASSES}


def pairs() -> dict[str, Callable[[], tuple[nn.Module, nn.Module]]]:
    specs = {
        "mlp": ({}, {}),
        "mlp dropout": ({}, {"dropout": 0.3}),
        "mlp batch norm": ({}, {"normalisation": "batch"}),
        "mlp layer norm": ({"normalisation": "none"}, {"normalisation": "layer"}),
        "mlp labels": ({"conditioning": "embedding", **LABELS}, {"conditioning": "projection", **LABELS}),
        "mlp packing": ({}, {"packing": 2, "minibatch": "stddev"}),
        "mlp minibatch": ({}, {"minibatch": "discrimination"}),
    }
    for kind, width in (("dcgan", 2), ("resnet", 4)):  # two channels of a ResNet may all be dead at the start
        place = {"architecture": kind, "hidden": None, **IMAGES, "width": width}
        specs[kind] = (place, place)
        specs[f"{kind} attention"] = (place, {**place, "attention_at": 8})
        specs[f"{kind} batch norm"] = (place, {**place, "normalisation": "batch"})
        specs[f"{kind} instance norm"] = (place, {**place, "normalisation": "instance"})
        specs[f"{kind} labels"] = (
            {**place, "conditioning": "projection", **LABELS},
            {**place, "conditioning": "embedding", **LABELS},
        )
    made = {name: _pair(*changes, spectral=False) for name, changes in specs.items()}
    return made | {f"{name} spectral norm": _pair(*specs[name], spectral=True) for name in ("mlp", "dcgan", "resnet")}


def _pair(generator: dict, discriminator: dict, *, spectral: bool) -> Callable[[], tuple[nn.Module, nn.Module]]:
    def build() -> tuple[nn.Module, nn.Module]:
        torch.manual_seed(0)
        g = build_generator(replace(GENERATOR, **generator))
        d = build_discriminator(replace(DISCRIMINATOR, **discriminator))
        return g, spectral_norm(d) if spectral else d

    return build


def real_like(generator: nn.Module, *, batch: int = BATCH, seed: int = 3) -> Batch:
    """Noise of the shape that `generator` makes, with labels where it takes some."""
    rng = torch.Generator().manual_seed(seed)
    classes = getattr(generator, "classes", 0)
    labels = torch.randint(classes, (batch,), generator=rng) if classes else None
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        probe = copy.deepcopy(generator).eval()
        shape = (probe(torch.randn(1, LATENT)) if labels is None else probe(torch.randn(1, LATENT), labels[:1])).shape
    return Batch(samples=torch.randn(batch, *shape[1:], generator=rng), labels=labels)


def fitting_pair(activation: type[nn.Module]) -> tuple[nn.Module, nn.Module]:
    """A small DCGAN, most of whose convolutions may take fewer multiplications."""
    torch.manual_seed(0)
    generator = nn.Sequential(
        nn.Linear(LATENT, 64 * 16, bias=False), nn.Unflatten(1, (64, 4, 4)), nn.BatchNorm2d(64), activation(),
        nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), activation(),
        nn.ConvTranspose2d(32, 3, 4, stride=2, padding=1), nn.Tanh(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Conv2d(3, 32, 4, stride=2, padding=1), activation(), nn.Conv2d(32, 32, 3, padding=1), activation(),
        nn.Conv2d(32, 64, 4, stride=2, padding=1), activation(), nn.Flatten(), nn.Linear(64 * 16, 1), nn.Flatten(0),
    )  # fmt: skip
    return generator, discriminator


def step_of(
    pair: tuple[nn.Module, nn.Module], player: str, game: Game, real: Batch
) -> tuple[StepGraph, list[torch.Tensor]]:
    """The step of `player` with every penalty due, and inputs for it."""
    state = state_of(*copy.deepcopy(pair))
    due = (True,) * len(game.penalties) if player == "discriminator" else ()
    turn = Turn(player=player, game=without_weights(game), one_pass=False, due=due)
    step = StepGraph(turn, state, real)
    bare = step.inputs(real, [torch.tensor(1.0, dtype=real.samples.dtype) for _ in turn.weights(turn.game)], ())
    return step, [*bare, *step.note(bare)]


@pytest.fixture
def kit() -> SimpleNamespace:
    made = pairs()
    return SimpleNamespace(
        pair=lambda name: made[name](), fitting_pair=fitting_pair, twins=twins, state_of=state_of, step_of=step_of,
        game_of=game_of, real_like=real_like,
    )  # fmt: skip
