"""A step replayed as one CUDA graph: a single launch in place of hundreds."""

from collections.abc import Sequence

import torch
from torch import Tensor

from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import Outputs, Run
from equipoise.training.fused.trace import copied

WARM_UPS = 3
"""Runs before the capture, in which libraries choose their kernels and take their memory."""


def captured(run: Run, inputs: Sequence[Tensor], *, players: int, gradients: int) -> "Captured":
    """`run` as a CUDA graph.

    Raises:
        UnsupportedStepError: something in it cannot be recorded, such as a wait for the device.
    """
    try:
        return Captured(run, inputs, players=players, gradients=gradients)
    except RuntimeError as error:
        reason = str(error).strip().splitlines() or [""]
        raise UnsupportedStepError(f"it cannot be captured as a CUDA graph ({reason[0][:120]})") from error


class Captured:
    """`run` with its launches recorded. The players' tensors are read where they lie; the rest is copied in.

    What it returns lies in memory of its own that the next replay overwrites: gradients are used before that, and what
    the record shows is copied.
    """

    def __init__(self, run: Run, inputs: Sequence[Tensor], *, players: int, gradients: int) -> None:
        self._players, self._gradients = players, gradients
        self._inputs = [*inputs[:players], *copied(inputs[players:])]
        kept = copied(inputs[:players])
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                run(*self._inputs)
        torch.cuda.current_stream().wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._outputs = run(*self._inputs)
        for tensor, value in zip(inputs[:players], kept, strict=True):
            tensor.copy_(value)  # the warm-ups have moved the running statistics

    def __call__(self, *inputs: Tensor) -> Outputs:
        """Outputs for these inputs."""
        torch._foreach_copy_(self._inputs[self._players :], list(inputs[self._players :]), non_blocking=True)
        self._graph.replay()
        gradients, record = self._outputs[: self._gradients], self._outputs[self._gradients :]
        return [*gradients, *(None if tensor is None else tensor.clone() for tensor in record)]
