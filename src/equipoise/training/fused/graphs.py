"""The two steps of a game as graphs: what goes in, what comes out, and how the record is read from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.fx import GraphModule

from equipoise.core.steps import Batch
from equipoise.training.descent import discriminator_descent, generator_descent
from equipoise.training.fused.convolution import PlainConvolutions
from equipoise.training.fused.draws import Draw, Noting, Telling
from equipoise.training.fused.mixtures import with_mixed_products
from equipoise.training.fused.products import with_faster_products
from equipoise.training.fused.simplify import simplified
from equipoise.training.fused.sums import with_joined_products
from equipoise.training.fused.trace import Tensors, all_of, copied, traced
from equipoise.training.fused.words import numbers_of
from equipoise.training.game import Game
from equipoise.training.manner import Manner
from equipoise.training.records import Record, record_like, tensors_of
from equipoise.training.state import TrainState

Outputs = Sequence[Tensor | None]
Run = Callable[..., Outputs]


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One player's step as a function of tensors. `due` tells which penalties are computed; unused by the generator."""

    player: str
    game: Game
    one_pass: bool
    due: tuple[bool, ...] = ()

    def descent(self, state: TrainState, real: Batch, weights: Sequence[Tensor]) -> tuple[Tensor, Record]:
        """The loss of one micro-batch with its graph, and its record."""
        if self.player == "generator":
            return generator_descent(state, self.game, real, diversity_weight=weights[0])
        left = iter(weights)
        due = tuple(next(left) if due else None for due in self.due)
        return discriminator_descent(state, self.game, real, weights=due, one_pass=self.one_pass)

    def weights(self, game: Game) -> list[float]:
        """What the graph is handed in place of the numbers in `game`, so that control may change them at any time."""
        if self.player == "generator":
            return [game.mode_seeking_weight]
        return [term.pull for term, due in zip(game.penalties, self.due, strict=True) if due]


class StepGraph:
    """A step that was traced: gradients and record from both players' tensors, a batch and random numbers."""

    def __init__(self, turn: Turn, state: TrainState, real: Batch) -> None:
        self.turn, self._state, self._real = turn, state, real
        self._generator, self._discriminator = Tensors(state.generator), Tensors(state.discriminator)
        self._learning = self._generator if turn.player == "generator" else self._discriminator
        self._trainable = [index for index, p in enumerate(self._learning.parameters) if p.requires_grad]
        self.parameters = [self._learning.parameters[index] for index in self._trainable]
        self.draws: list[Draw] = []
        self._shape: Record | None = None

    # ---- the function that is traced

    def inputs(self, real: Batch, weights: Sequence[Tensor], numbers: Sequence[Tensor]) -> list[Tensor]:
        """What the graph is called with."""
        labels = [] if real.labels is None else [real.labels]
        players = [*self._generator.current(), *self._discriminator.current()]
        return [*players, real.samples, *labels, *weights, *numbers]

    def weight_positions(self, inputs: Sequence[Tensor]) -> range:
        """Where the weights lie among `inputs`."""
        end = len(inputs) - len(self.draws)
        return range(end - len(self.turn.weights(self.turn.game)), end)

    @property
    def player_tensors(self) -> int:
        """How many of the inputs, from the first, are the players' own memory."""
        return len(self._generator) + len(self._discriminator)

    def note(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Run eagerly once on copies of `inputs`, and keep in mind what is drawn; returns the numbers drawn."""
        with Noting() as noting:
            self._outputs(copied(inputs))
        self.draws = noting.draws
        numbers: list[Tensor] = noting.numbers
        return numbers

    def told(self, *inputs: Tensor) -> Outputs:
        """Run eagerly, or under a tracer, with the last inputs as the random numbers."""
        split = len(inputs) - len(self.draws)
        with Telling(inputs[split:]):
            return self._outputs(inputs[:split])

    def _outputs(self, inputs: Sequence[Tensor]) -> Outputs:
        count = len(self._generator)
        generator, rest = list(inputs[:count]), list(inputs[count:])
        count = len(self._discriminator)
        discriminator, rest = rest[:count], rest[count:]
        learning = generator if self.turn.player == "generator" else discriminator
        for index in self._trainable:
            learning[index] = learning[index].detach().requires_grad_()
        labelled = self._real.labels is not None
        real = Batch(samples=rest[0], labels=rest[1] if labelled else None)
        players = (self._generator.replaced(generator), self._discriminator.replaced(discriminator))
        with torch.enable_grad(), all_of(*players):
            total, record = self.turn.descent(self._state, real, rest[1 + labelled :])
            gradients = torch.autograd.grad(
                total / self.turn.game.micro_batches, [learning[i] for i in self._trainable], allow_unused=True
            )
        self._shape = record
        return [*map(_as_laid_out, gradients, self.parameters), *tensors_of(record)]

    # ---- what is done with the outputs

    def split(self, outputs: Outputs) -> tuple[Outputs, Record]:
        """Gradients, in the order of `parameters`, and the record."""
        count = len(self.parameters)
        assert self._shape is not None, "`noted` or `told` has run"
        return outputs[:count], record_like(self._shape, [tensor for tensor in outputs[count:] if tensor is not None])

    def numbers(self) -> list[Tensor]:
        """The next random numbers of the run's streams."""
        return numbers_of(self.draws)


def graph_of(step: StepGraph, inputs: Sequence[Tensor], *, manner: Manner) -> GraphModule:
    """Trace `step` at `inputs` and take out of it the work that nobody needs."""
    convolutional = any(tensor.ndim == 4 for tensor in inputs)

    def function(*tensors: Tensor) -> Outputs:
        with all_of(*([PlainConvolutions(winograd=manner.winograd)] if convolutional else [])):
            return step.told(*tensors)

    graph = with_joined_products(with_mixed_products(simplified(traced(function, inputs))))
    return with_faster_products(graph, manner)


def without_weights(game: Game) -> Game:
    """`game` with every weight that a graph takes as an input set to 1: equal where the same graph serves."""
    penalties = tuple(replace(term, weight=1.0) for term in game.penalties)
    seeking = 1.0 if game.mode_seeking_weight > 0 else 0.0
    return replace(game, penalties=penalties, mode_seeking_weight=seeking, d_steps=1, clip_bound=None)


def _as_laid_out(gradient: Tensor | None, parameter: Tensor) -> Tensor | None:
    """`gradient` in its parameter's order of memory: fused optimisers read both as they lie."""
    if gradient is None or gradient.stride() == parameter.stride():
        return gradient
    laid_out = torch.empty_strided(parameter.shape, parameter.stride(), dtype=gradient.dtype, device=gradient.device)
    return laid_out.copy_(gradient)
