"""Which engine a run gets: what is asked for, or what its length earns back."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch

from equipoise.core.steps import Batch
from equipoise.networks.untouched import untouched
from equipoise.training.descent import discriminator_descent, generator_descent, penalty_weights
from equipoise.training.fused.adam import fits
from equipoise.training.fused.engine import EagerEngine, Engine, FusedEngine, Say
from equipoise.training.fused.prepare import streams_kept
from equipoise.training.fused.products import Faster, faster_products, may_be_large
from equipoise.training.fused.winograd import may_fit, winograd_is_faster
from equipoise.training.fused.worth import (
    CYCLES_TO_CHECK,
    GRAPH_GAIN,
    SECONDS_TO_BUILD,
    SECONDS_TO_BUILD_ADAM,
    SECONDS_TO_BUILD_PRODUCTS,
    WINOGRAD_GAIN,
    Work,
    tracing_seconds,
    work_left,
    worth_compiling,
    worth_tracing,
)
from equipoise.training.game import Game
from equipoise.training.manner import Choice, Kind, Manner, eager_like
from equipoise.training.one_pass import judges_alone
from equipoise.training.plan import Budget
from equipoise.training.state import TrainState

MOST = 0.5
"""Networks are made of convolutions where these hold such a share of the parameters."""
MEASURED_ON = ("cpu",)
"""Devices on which `auto` takes a graph. Elsewhere it is to be asked for: its gain was not measured there."""


def engine_for(
    state: TrainState,
    game: Game,
    real: Batch,
    *,
    budget: Budget,
    say: Say,
    choice: Choice = "auto",
    kept: Manner | None = None,
    cache: Path | None = None,
) -> Engine:
    """The engine of a run, ready to play. `real` is a batch like those to come; neither it nor `state` is changed.

    `kept` is the manner that a resumed run began with, and comes before `choice`. `say` is told in one line each what
    was made and in what time, and why a step stays eager. Compiled kernels are kept in `cache`, by default beside the
    prepared data.
    """
    if kept is not None:
        return _engine(state, game, real, manner=kept, say=say, cache=cache)
    # several processes must choose alike: what each might measure otherwise, the first says, or all agree upon
    plain = Manner(one_pass=state.processes.from_first(lambda: judges_alone(state.discriminator, real)))
    samples = 2 * len(next(real.split(game.micro_batches)))  # reals and fakes
    if choice != "auto":
        return _engine(state, game, real, manner=_of_kind(choice, plain, state, samples), say=say, cache=cache)
    if state.device.type not in MEASURED_ON:
        return EagerEngine(manner=plain)
    ahead = _work_ahead(state, game, real, budget, one_pass=plain.one_pass)
    seconds, hoped = tracing_seconds(state), _gain(state, winograd=True)
    more = SECONDS_TO_BUILD + CYCLES_TO_CHECK * ahead.cycle_seconds if _share(state, may_fit) > 0 else 0.0
    more += SECONDS_TO_BUILD_ADAM + SECONDS_TO_BUILD_PRODUCTS * _has_large_products(state, samples)
    if not worth_tracing(ahead, seconds=seconds + more, gain=hoped):
        return EagerEngine(manner=plain)
    manner = _of_kind("fused", plain, state, samples)  # now it is known whether this machine gives what was hoped for
    gain = _gain(state, winograd=manner.winograd)
    if not worth_tracing(ahead, seconds=seconds, gain=gain):
        return EagerEngine(manner=plain)
    fused = _engine(state, game, real, manner=manner, say=say, cache=cache)
    worth = isinstance(fused, FusedEngine) and fused.complete and _earns_compiling(fused, state, ahead)
    if not all(state.processes.all_of(worth)):
        return fused
    return _engine(state, game, real, manner=replace(manner, kind="compiled"), say=say, cache=cache)


def _earns_compiling(fused: FusedEngine, state: TrainState, ahead: Work) -> bool:
    """Not where convolutions take most of a step: they take as long in compiled graphs, or may not be compiled."""
    convolutional = fused.manner.winograd or _share(state, _convolves) >= MOST
    return not convolutional and worth_compiling(ahead, operations=fused.operations)


def _of_kind(kind: Kind, plain: Manner, state: TrainState, samples: int) -> Manner:
    if kind == "eager" or state.device.type != "cpu":
        return replace(plain, kind=kind)
    faster = state.processes.from_first(faster_products) if _has_large_products(state, samples) else Faster()
    adam = state.processes.from_first(lambda: fits(state.g_optimizer) and fits(state.d_optimizer))
    winograd = _share(state, may_fit) > 0 and state.processes.from_first(winograd_is_faster)
    return replace(plain, kind=kind, adam=adam, winograd=winograd, **asdict(faster))


def _share(state: TrainState, chosen: Callable[[torch.Tensor], bool]) -> float:
    """Of both players' parameters, that in weights which are `chosen`, by shapes alone."""
    parameters = _parameters(state)
    return sum(p.numel() for p in parameters if chosen(p)) / max(1, sum(p.numel() for p in parameters))


def _convolves(weight: torch.Tensor) -> bool:
    return weight.dim() >= 4


def _has_large_products(state: TrainState, samples: int) -> bool:
    """By the shapes of the players' parameters, in steps of so many samples."""
    return any(may_be_large(parameter, samples) for parameter in _parameters(state))


def _parameters(state: TrainState) -> list[torch.nn.Parameter]:
    return [*state.generator.parameters(), *state.discriminator.parameters()]


def _gain(state: TrainState, *, winograd: bool) -> float:
    """Times a graph is faster than the eager steps, at the least that is usual for such networks."""
    return WINOGRAD_GAIN if winograd and _share(state, may_fit) >= MOST else GRAPH_GAIN


def _engine(
    state: TrainState, game: Game, real: Batch, *, manner: Manner, say: Say, cache: Path | None
) -> EagerEngine | FusedEngine:
    """In that manner; the eager one where no step of the game can be fused."""
    plain = EagerEngine(manner=eager_like(manner))
    if manner.kind == "eager":
        return plain
    began = time.monotonic()
    engine = FusedEngine(manner, say=say, cache=cache)
    engine.prepare(state, game, real)
    if engine.operations == 0:
        return plain
    compiling = f", {engine.compile_seconds:.1f} s of it compiling" if manner.kind == "compiled" else ""
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
    seconds = state.processes.largest(seconds)
    images = game.d_steps * len(real) * state.processes.count
    return work_left(budget, state, images_a_cycle=images, cycle_seconds=seconds)


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
