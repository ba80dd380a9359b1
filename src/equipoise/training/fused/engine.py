"""Who plays the steps: the eager engine, or graphs of the same steps that were found to agree with it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from torch.optim import Optimizer

from equipoise.core.steps import Batch, DiscriminatorRecord, GeneratorRecord
from equipoise.training.fused.adam import adam_step
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import Turn, without_weights
from equipoise.training.fused.prepare import PreparedStep, prepared
from equipoise.training.game import Game
from equipoise.training.manner import EAGER, Manner, eager_like
from equipoise.training.state import TrainState
from equipoise.training.step import (
    discriminator_step,
    generator_step,
    joined_discriminator_records,
    joined_generator_records,
    update_discriminator,
    update_generator,
)

Say = Callable[[str], None]


@runtime_checkable
class Engine(Protocol):
    """Plays one step of either player, and leaves its gradients in the player's parameters."""

    @property
    def manner(self) -> Manner:
        """How it computes; to be remembered, so that a resumed run goes on in the same way."""
        ...

    def discriminator_step(self, state: TrainState, game: Game, real: Batch) -> DiscriminatorRecord:
        """Descend on D once."""
        ...

    def generator_step(self, state: TrainState, game: Game, real: Batch) -> GeneratorRecord:
        """Descend on G once."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class EagerEngine:
    """The steps as they are written."""

    manner: Manner = EAGER

    def discriminator_step(self, state: TrainState, game: Game, real: Batch) -> DiscriminatorRecord:
        """Descend on D once."""
        return discriminator_step(state, game, real, one_pass=self.manner.one_pass)

    def generator_step(self, state: TrainState, game: Game, real: Batch) -> GeneratorRecord:
        """Descend on G once."""
        return generator_step(state, game, real)


class FusedEngine:
    """Each step as one graph, made when it is first met and checked before it is used; else the eager step, said once.

    A graph serves every game that differs in weights alone. The state must be the one that it was made for: graphs
    hold on to its networks and its random stream.
    """

    def __init__(self, manner: Manner, *, say: Say, cache: Path | None = None) -> None:
        """Single steps may turn out to be eager ones; `manner` is what was asked for."""
        self.manner, self._say, self._cache = manner, say, cache
        self._eager = EagerEngine(manner=eager_like(manner))
        self._steps: dict[tuple[Turn, int], PreparedStep | None] = {}
        self._plain: tuple[Game, Game] | None = None

    def prepare(self, state: TrainState, game: Game, real: Batch) -> None:
        """Make every graph that `game` will need, on a batch like `real`."""
        part = next(real.split(game.micro_batches))
        for turn in (self._turn("generator", game), *(self._turn("discriminator", game, due) for due in _due(game))):
            self._step(turn, state, part)

    @property
    def complete(self) -> bool:
        """Whether every step met so far is a graph."""
        return all(step is not None for step in self._steps.values())

    @property
    def operations(self) -> int:
        """Those of all graphs made so far."""
        return sum(step.operations for step in self._steps.values() if step is not None)

    @property
    def compile_seconds(self) -> float:
        """What compiling them took, or finding them compiled."""
        return sum(step.compile_seconds or 0.0 for step in self._steps.values() if step is not None)

    def discriminator_step(self, state: TrainState, game: Game, real: Batch) -> DiscriminatorRecord:
        """Descend on D once."""
        turn = self._turn("discriminator", game, tuple(term.due(state.d_updates) for term in game.penalties))
        parts = list(real.split(game.micro_batches))
        step = self._step(turn, state, parts[0])
        if step is None:
            return self._eager.discriminator_step(state, game, real)
        records = [step.descend(part, game, add=index > 0) for index, part in enumerate(parts)]
        update_discriminator(state, game, images=len(real), apply=self._apply)
        return joined_discriminator_records([record for record in records if isinstance(record, DiscriminatorRecord)])

    def generator_step(self, state: TrainState, game: Game, real: Batch) -> GeneratorRecord:
        """Descend on G once."""
        parts = list(real.split(game.micro_batches))
        step = self._step(self._turn("generator", game), state, parts[0])
        if step is None:
            return self._eager.generator_step(state, game, real)
        records = [step.descend(part, game, add=index > 0) for index, part in enumerate(parts)]
        update_generator(state, apply=self._apply)
        return joined_generator_records([record for record in records if isinstance(record, GeneratorRecord)])

    def _apply(self, optimizer: Optimizer) -> None:
        if self.manner.adam:
            adam_step(optimizer)
        else:
            optimizer.step()

    def _turn(self, player: str, game: Game, due: tuple[bool, ...] = ()) -> Turn:
        if self._plain is None or self._plain[0] is not game:
            self._plain = (game, without_weights(game))
        return Turn(player=player, game=self._plain[1], one_pass=self.manner.one_pass, due=due)

    def _step(self, turn: Turn, state: TrainState, part: Batch) -> PreparedStep | None:
        key = (turn, len(part))
        if key not in self._steps:
            self._steps[key] = self._prepared(turn, state, part)
        return self._steps[key]

    def _prepared(self, turn: Turn, state: TrainState, part: Batch) -> PreparedStep | None:
        try:
            step = prepared(turn, state, part, manner=self.manner, cache=self._cache)
        except UnsupportedStepError as error:
            self._say(f"The {turn.player}'s step is not fused: {error}.")
            return None
        if self.manner.kind == "compiled" and step.compile_seconds is None:
            self._say(f"The {turn.player}'s step is fused, not compiled: it takes Winograd's convolutions.")
        return step


def _due(game: Game) -> list[tuple[bool, ...]]:
    """Which penalties meet in one update, in every combination that occurs."""
    period = math.lcm(*(term.every for term in game.penalties))
    patterns = (tuple(term.due(update) for term in game.penalties) for update in range(min(period, 10_000)))
    return list(dict.fromkeys(patterns))
