"""A step with exact convolutions, by which those with fewer multiplications are judged apart from all else in a graph.

Winograd's convolutions round a few times as much as direct ones. Where an activation has a kink, that puts some units
in a million on its other side, and the gradients of a whole step jump: they differ from the eager step's by some 1e-3,
though each convolution is right to 1e-5 (benchmarks/speed/rounding.py). No tolerance for the whole tells that from a
mistake. So the two are looked at apart: each of these convolutions beside the direct one of the very tensors it was
given, in float64; and the graph beside the eager step with every convolution of either made exact.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule, Interpreter
from torch.utils._python_dispatch import TorchDispatchMode

from equipoise.training.fused.check import disagreement
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import Outputs, Run, StepGraph
from equipoise.training.fused.winograd import WINOGRAD

aten, forms = torch.ops.aten, torch.ops.equipoise

TOLERANCE = 1e-4
"""Of one convolution, relative."""
SAMPLES_AT_ONCE = 8
"""PyTorch's own convolution unfolds all it is given; a large batch in float64 would take gigabytes."""


def has_fewer_multiplications(graph: GraphModule) -> bool:
    """Whether any convolution of `graph` is one of `WINOGRAD`."""
    return any(node.target in WINOGRAD for node in graph.graph.nodes)


def disagreement_but_for_rounding(
    step: StepGraph, graph: GraphModule, run: Run, inputs: Sequence[Tensor]
) -> str | None:
    """In what `run`, made from `graph`, differs from the eager step at `inputs`; None where they agree.

    Raises:
        UnsupportedStepError: one of the convolutions with fewer multiplications is wrong.
    """
    found = disagreement(step, exactly(graph), inputs, reference=exactly(step.told))
    made_from = Interpreter(graph).run
    return found or disagreement(step, run, inputs, reference=made_from, named="the graph it was made from")


def exactly(run: Run) -> Run:
    """`run` with `ExactConvolutions`."""

    def exact(*inputs: Tensor) -> Outputs:
        with ExactConvolutions():
            return run(*inputs)

    return exact


class ExactConvolutions(TorchDispatchMode):
    """Inside, convolutions in float32 and their derivatives are computed in float64 and rounded once.

    Each of `WINOGRAD` is judged by that as it is met; `worst` is the largest error so far.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.worst = 0.0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func not in _EXACT or args[0].dtype != torch.float32:
            return result
        results = result if isinstance(result, tuple) else (result,)
        exact = _EXACT[func](*args)
        if func in WINOGRAD:
            self._judge(func, result, exact[0])
        for rounded, value in zip(results, exact, strict=True):
            if value is not None:
                rounded.copy_(value)  # as it lies in memory
        return result

    def _judge(self, form: Any, found: Tensor, exact: Tensor) -> None:
        error = float((found - exact).norm()) / max(float(exact.norm()), 1e-30)
        if not error <= TOLERANCE:
            raise UnsupportedStepError(f"{form} is off by {error:.1e} (tolerance {TOLERANCE:.0e})")
        self.worst = max(self.worst, error)


Exact = tuple[Tensor | None, ...]


def _convolution(samples: Tensor, weight: Tensor, bias: Tensor | None, *settings: Any) -> Exact:
    weight, bias = weight.double(), None if bias is None else bias.double()
    pieces = samples.split(SAMPLES_AT_ONCE)
    return (torch.cat([aten.convolution(piece.double(), weight, bias, *settings) for piece in pieces]),)


def _backward(slope: Tensor, samples: Tensor, weight: Tensor, *settings: Any) -> Exact:
    weight = weight.double()
    pairs = zip(slope.split(SAMPLES_AT_ONCE), samples.split(SAMPLES_AT_ONCE), strict=True)
    made = [aten.convolution_backward(dy.double(), x.double(), weight, *settings) for dy, x in pairs]
    to_samples, *to_others = zip(*made, strict=True)
    joined = None if to_samples[0] is None else torch.cat(to_samples)
    return joined, *(None if parts[0] is None else reduce(torch.add, parts) for parts in to_others)


def _plain(stride: int, padding: int) -> tuple[Any, ...]:
    return [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1


def _winograd(samples: Tensor, weight: Tensor, stride: int, padding: int) -> Exact:
    return _convolution(samples, weight, None, *_plain(stride, padding))


def _to_samples(slope: Tensor, weight: Tensor, size: list[int], stride: int, padding: int) -> Exact:
    like = slope.new_empty(1).expand(len(slope), weight.shape[1], *size)
    return _backward(slope, like, weight, None, *_plain(stride, padding), [True, False, False])[:1]


def _to_weight(slope: Tensor, samples: Tensor, kernel: int, stride: int, padding: int) -> Exact:
    like = slope.new_empty(1).expand(slope.shape[1], samples.shape[1], kernel, kernel)
    return _backward(slope, samples, like, None, *_plain(stride, padding), [False, True, False])[1:2]


_EXACT = {
    aten.convolution.default: _convolution,
    aten.convolution_backward.default: _backward,
    forms.winograd.default: _winograd,
    forms.winograd_to_samples.default: _to_samples,
    forms.winograd_to_weight.default: _to_weight,
}
