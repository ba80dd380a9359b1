"""From a turn of the game to a step that is ready to be played: trace, simplify, compile, capture, check."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from equipoise.core.randomness import global_random_state, restore_global_random_state
from equipoise.core.steps import Batch
from equipoise.training.fused.adam import adam_kernel
from equipoise.training.fused.captured import captured
from equipoise.training.fused.check import disagreement
from equipoise.training.fused.compiling import compiled
from equipoise.training.fused.dense import product_kernel
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.exact import disagreement_but_for_rounding, has_fewer_multiplications
from equipoise.training.fused.graphs import Run, StepGraph, Turn, graph_of
from equipoise.training.fused.trace import copied
from equipoise.training.fused.winograd import kernels
from equipoise.training.game import Game
from equipoise.training.manner import Manner
from equipoise.training.records import Record
from equipoise.training.state import TrainState


class PreparedStep:
    """A checked step. `descend` leaves gradients in the parameters, as `backward` would.

    `compile_seconds` is None where it is played as it was traced.
    """

    def __init__(self, graph: StepGraph, run: Run, *, operations: int, compile_seconds: float | None) -> None:
        self._graph, self._run, self._learning = graph, run, graph.parameters
        self.operations, self.compile_seconds = operations, compile_seconds
        self._weights: tuple[list[float], list[torch.Tensor]] = ([], [])

    def descend(self, real: Batch, game: Game, *, add: bool) -> Record:
        """Put the gradients of one micro-batch in place, or add them to those that lie there.

        The memory in which a graph leaves its gradients may be the same each time, so sums are kept elsewhere.
        """
        kept = [parameter.grad.clone() if add and parameter.grad is not None else None for parameter in self._learning]
        inputs = self._graph.inputs(real, self._on_device(game, real.samples.device), self._graph.numbers())
        with torch.no_grad():
            gradients, record = self._graph.split(self._run(*inputs))
            for parameter, gradient, before in zip(self._learning, gradients, kept, strict=True):
                parameter.grad = gradient if gradient is None or before is None else before.add_(gradient)
        return record

    def _on_device(self, game: Game, device: torch.device) -> list[torch.Tensor]:
        """The weights of `game`, copied to the device only when they have changed."""
        weights = self._graph.turn.weights(game)
        if weights != self._weights[0]:
            self._weights = (weights, [torch.tensor(weight, device=device) for weight in weights])
        return self._weights[1]


def prepared(turn: Turn, state: TrainState, real: Batch, *, manner: Manner, cache: Path | None = None) -> PreparedStep:
    """Make and check the step of `turn` at a batch like `real`. The state and its random streams stay as they are.

    A graph with Winograd's convolutions is played as it was traced: between them compiled kernels would round
    otherwise, which with ReLU may change the gradients by more than is tolerated (docs/performance.md).

    Raises:
        UnsupportedStepError: it cannot be traced or compiled, or does not agree with the eager step.
    """
    if manner.dense:
        product_kernel()  # built, or said why not, before anything is traced
    if manner.adam:
        adam_kernel()
    if manner.winograd:
        kernels()
    with streams_kept(state):
        graph = StepGraph(turn, state, real)
        weights = [torch.tensor(weight, device=state.device) for weight in turn.weights(turn.game)]
        inputs = [*graph.inputs(real, weights, ()), *graph.note(graph.inputs(real, weights, ()))]
        module = graph_of(graph, copied(inputs), manner=manner)
        operations = len(module.graph.nodes)
        run: Run = module
        seconds: float | None = None
        winograd = has_fewer_multiplications(module)
        if manner.kind == "compiled" and not winograd:
            made = compiled(module, copied(inputs), cache=cache)
            run, seconds = made.run, made.seconds
        if state.device.type == "cuda":
            run = captured(run, inputs, players=graph.player_tensors, gradients=len(graph.parameters))
        found = disagreement_but_for_rounding(graph, module, inputs) if winograd else disagreement(graph, run, inputs)
        if found is not None:
            raise UnsupportedStepError(found)
    return PreparedStep(graph, run, operations=operations, compile_seconds=seconds)


@contextmanager
def streams_kept(state: TrainState) -> Iterator[None]:
    """Put the run's random stream and torch's global ones back afterwards."""
    own, others = state.rng.get_state(), global_random_state()
    try:
        yield
    finally:
        state.rng.set_state(own)
        restore_global_random_state(others)
