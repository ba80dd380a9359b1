"""The ways to play a cycle of one case, each with networks and optimisers of its own, all from the same weights."""

from collections.abc import Callable
from dataclasses import asdict, replace

import torch
from torch import nn

from benchmarks.speed.cases import Case
from benchmarks.speed.textbook import Textbook
from equipoise.core.steps import Batch
from equipoise.training.fused import EagerEngine, Engine, FusedEngine
from equipoise.training.fused.adam import fits
from equipoise.training.fused.products import faster_products
from equipoise.training.fused.winograd import winograd_is_faster
from equipoise.training.manner import Manner
from equipoise.training.one_pass import judges_alone
from equipoise.training.optimizers import make_optimizer
from equipoise.training.state import TrainState, initial_state

Cycle = Callable[[], object]
WAYS = ("textbook", "eager", "fused", "compiled")


def cycle_of(case: Case, way: str, *, device: torch.device, say: Callable[[str], None]) -> Cycle:
    """A function that plays one cycle of `case`."""
    torch.manual_seed(0)
    generator, discriminator = (module.to(device).train() for module in case.build())
    real = torch.rand(case.batch, *case.sample_shape, device=device) * 2 - 1
    if way == "textbook":
        return _textbook_cycle(case, generator, discriminator, real)
    return _our_cycle(case, way, generator, discriminator, Batch(samples=real), say)


def _textbook_cycle(case: Case, generator: nn.Module, discriminator: nn.Module, real: torch.Tensor) -> Cycle:
    rates = {"lr": case.optimizer.learning_rate, "betas": case.optimizer.betas}
    book = Textbook(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=torch.optim.Adam(generator.parameters(), **rates),
        d_optimizer=torch.optim.Adam(discriminator.parameters(), **rates),
        latent_dim=case.game.latent_dim,
        critic_steps=case.game.d_steps,
    )
    cycle = book.wgan_gp_cycle if case.game.penalties else book.gan_cycle
    return lambda: cycle(real)


def _our_cycle(
    case: Case,
    way: str,
    generator: nn.Module,
    discriminator: nn.Module,
    real: Batch,
    say: Callable[[str], None],
) -> Cycle:
    state = initial_state(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=make_optimizer(generator, case.optimizer),
        d_optimizer=make_optimizer(discriminator, case.optimizer),
        seed=0,
        device=real.samples.device,
    )
    engine = _engine(case, way, state, real, say)

    def cycle() -> None:
        for _ in range(case.game.d_steps):
            engine.discriminator_step(state, case.game, real)
        engine.generator_step(state, case.game, real)

    return cycle


def _engine(case: Case, way: str, state: TrainState, real: Batch, say: Callable[[str], None]) -> Engine:
    plain = Manner(one_pass=judges_alone(state.discriminator, real))
    if way == "eager":
        return EagerEngine(manner=plain)
    manner = replace(plain, kind="compiled" if way == "compiled" else "fused")
    if real.samples.device.type == "cpu":
        adam = fits(state.g_optimizer) and fits(state.d_optimizer)
        manner = replace(manner, adam=adam, winograd=winograd_is_faster(), **asdict(faster_products()))
    engine = FusedEngine(manner, say=say)
    engine.prepare(state, case.game, real)
    say(f"{case.name}, {way}: {engine.operations:,} operations, {engine.compile_seconds:.1f} s of compiling")
    return engine
