"""Convolutions with fewer multiplications, judged apart from all else in their graph.

Winograd's convolutions round a few times as much as direct ones. Where an activation has a kink, that puts some units
in a million on its other side, and the gradients of a whole step jump: they differ from the eager step's by up to 6e-3,
though each convolution is right to 1e-5 (benchmarks/speed/rounding.py). No tolerance for the whole tells that from a
mistake. So each of these convolutions is held to the direct one in float64, of the very tensors it was given; and the
graph, with the direct ones in their place, to the eager step, as strictly as any graph.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.utils._python_dispatch import TorchDispatchMode

from equipoise.training.fused.check import disagreement
from equipoise.training.fused.convolution import ChannelsLast
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import Outputs, Run, StepGraph
from equipoise.training.fused.trace import copied
from equipoise.training.fused.winograd import WINOGRAD

aten, forms = torch.ops.aten, torch.ops.equipoise

TOLERANCE = 1e-4
"""Of one convolution, relative. Measured: up to 5e-6 in a step, and 6e-6 by layer (docs/performance.md)."""
SAMPLES_AT_ONCE = 8
"""PyTorch unfolds all that a convolution in float64 is given: a large batch would take gigabytes."""


def has_fewer_multiplications(graph: GraphModule) -> bool:
    """Whether any convolution of `graph` is one of `WINOGRAD`."""
    return any(node.target in WINOGRAD for node in graph.graph.nodes)


def disagreement_but_for_rounding(step: StepGraph, graph: GraphModule, inputs: Sequence[Tensor]) -> str | None:
    """In what `graph` differs from the eager step at `inputs`; None where they agree.

    Raises:
        UnsupportedStepError: one of the convolutions with fewer multiplications is wrong.
    """
    with torch.no_grad(), Judging():
        graph(*copied(inputs))
    return disagreement(step, _within(Direct, graph), inputs, reference=_within(ChannelsLast, step.told))


class Judging(TorchDispatchMode):
    """Inside, each of `WINOGRAD` is held to the direct convolution in float64. `worst` is the largest error so far."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.worst = 0.0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in WINOGRAD:
            exact = in_float64(func, *args)
            error = float((result - exact).norm()) / max(float(exact.norm()), 1e-30)
            if not error <= TOLERANCE:
                raise UnsupportedStepError(f"{func} is off by {error:.1e} (tolerance {TOLERANCE:.0e})")
            self.worst = max(self.worst, error)
        return result


class Direct(TorchDispatchMode):
    """Inside, PyTorch's convolutions stand in the place of `WINOGRAD`."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func not in WINOGRAD:
            return func(*args, **(kwargs or {}))
        picture = func is not forms.winograd_to_weight.default
        layout = torch.channels_last if picture else torch.contiguous_format
        return direct(func, *args).contiguous(memory_format=layout)


def _within(mode: Callable[[], AbstractContextManager[Any]], run: Run) -> Run:
    def inside(*inputs: Tensor) -> Outputs:
        with mode():
            return run(*inputs)

    return inside


def in_float64(form: Any, first: Tensor, second: Tensor, *settings: Any) -> Tensor:
    """The direct convolution for `form`, one of `WINOGRAD`, a few samples at a time."""
    pieces = first.split(SAMPLES_AT_ONCE)
    if form is not forms.winograd_to_weight.default:
        weight = second.double()
        return torch.cat([direct(form, piece.double(), weight, *settings) for piece in pieces])
    pairs = zip(pieces, second.split(SAMPLES_AT_ONCE), strict=True)
    parts = (direct(form, slope.double(), samples.double(), *settings) for slope, samples in pairs)
    return sum(parts, start=torch.zeros((), dtype=torch.float64))


def direct(form: Any, first: Tensor, second: Tensor, *settings: Any) -> Tensor:
    """The same by PyTorch's own convolution or its derivative."""
    return _DIRECT[form](first, second, *settings)


def _outputs(samples: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    return torch.conv2d(samples, weight, None, stride, padding)


def _to_samples(slope: Tensor, weight: Tensor, size: list[int], stride: int, padding: int) -> Tensor:
    like = slope.new_empty(1).expand(len(slope), weight.shape[1], *size)
    return _gradient(0, slope, like, weight, stride, padding)


def _to_weight(slope: Tensor, samples: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    like = slope.new_empty(1).expand(slope.shape[1], samples.shape[1], kernel, kernel)
    return _gradient(1, slope, samples, like, stride, padding)


def _gradient(wanted: int, slope: Tensor, samples: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """To the samples (`wanted` 0) or to the weight (1)."""
    mask = [wanted == 0, wanted == 1, False]
    settings = (None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, mask)
    gradient: Tensor = aten.convolution_backward(slope, samples, weight, *settings)[wanted]
    return gradient


_DIRECT: dict[Any, Callable[..., Tensor]] = {
    forms.winograd.default: _outputs,
    forms.winograd_to_samples.default: _to_samples,
    forms.winograd_to_weight.default: _to_weight,
}
