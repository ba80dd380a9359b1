"""Which engine a run gets: what is asked for, or what its length earns back."""

import time
from pathlib import Path
from typing import Literal

import torch

from equipoise.core.steps import Batch
from equipoise.networks.untouched import untouched
from equipoise.training.descent import discriminator_descent, generator_descent, penalty_weights
from equipoise.training.fused.engine import EagerEngine, Engine, FusedEngine, Kind, Say
from equipoise.training.fused.prepare import streams_kept
from equipoise.training.fused.worth import Work, tracing_seconds, work_left, worth_compiling, worth_tracing
from equipoise.training.game import Game
from equipoise.training.one_pass import judges_alone
from equipoise.training.plan import Budget
from equipoise.training.state import TrainState

Choice = Literal["auto", "eager", "fused", "compiled"]
"""`auto` weighs what a run has left to do; a run that goes on passes the kind that it began with."""


def engine_for(
    state: TrainState,
    game: Game,
    real: Batch,
    *,
    budget: Budget,
    say: Say,
    choice: Choice = "auto",
    cache: Path | None = None,
) -> Engine:
    """The engine of a run, ready to play. `real` is a batch like those to come; neither it nor `state` is changed.

    `say` is told in one line each what was made and in what time, and why a step stays eager. Compiled kernels are
    kept in `cache`, by default beside the prepared data.
    """
    eager = EagerEngine(one_pass=judges_alone(state.discriminator, real))
    if choice == "auto":
        ahead = _work_ahead(state, game, real, budget, one_pass=eager.one_pass)
        if not worth_tracing(ahead, seconds=tracing_seconds(state)):
            return eager
        fused = _made(state, game, real, eager=eager, kind="fused", say=say, cache=cache)
        if not (fused.complete and worth_compiling(ahead, operations=fused.operations, device=state.device)):
            return fused
        choice = "compiled"
    if choice == "eager":
        return eager
    return _made(state, game, real, eager=eager, kind=choice, say=say, cache=cache)


def _made(
    state: TrainState, game: Game, real: Batch, *, eager: EagerEngine, kind: Kind, say: Say, cache: Path | None
) -> FusedEngine:
    began = time.monotonic()
    engine = FusedEngine(eager, kind=kind, say=say, cache=cache)
    engine.prepare(state, game, real)
    if engine.complete:
        compiling = f", {engine.compile_seconds:.1f} s of it compiling" if kind == "compiled" else ""
        say(
            f"Steps fused into {engine.operations:,} operations and checked against the eager ones in "
            f"{time.monotonic() - began:.1f} s{compiling}."
        )
    return engine


def _work_ahead(state: TrainState, game: Game, real: Batch, budget: Budget, *, one_pass: bool) -> Work:
    """What is left of `budget`, by the time that eager gradients take; the second run of each counts."""
    part = next(real.split(game.micro_batches))
    seconds = 0.0
    with untouched(state.generator), untouched(state.discriminator), streams_kept(state):
        for _ in range(2):
            d_seconds, g_seconds = _gradient_seconds(state, game, part, one_pass=one_pass)
            seconds = game.micro_batches * (game.d_steps * d_seconds + g_seconds)
    return work_left(budget, state, images_a_cycle=game.d_steps * len(real), cycle_seconds=seconds)


def _gradient_seconds(state: TrainState, game: Game, part: Batch, *, one_pass: bool) -> tuple[float, float]:
    began = time.perf_counter()
    total, d_record = discriminator_descent(state, game, part, weights=penalty_weights(game, 0), one_pass=one_pass)
    _differentiated(total, state.discriminator)
    d_record.loss.item()  # so that a device has done what was asked of it
    between = time.perf_counter()
    total, g_record = generator_descent(state, game, part, diversity_weight=game.mode_seeking_weight)
    _differentiated(total, state.generator)
    g_record.loss.item()
    return between - began, time.perf_counter() - between


def _differentiated(total: torch.Tensor, module: torch.nn.Module) -> None:
    torch.autograd.grad(total, [p for p in module.parameters() if p.requires_grad], allow_unused=True)
