"""Who multiplies matrices on this CPU.

PyTorch's own products go to MKL; oneDNN, which PyTorch has for convolutions, splits small products over threads with
less loss, and on some processors takes wider instructions; and there are kernels of our own for batches (dense.py). A
graph without autograd is free to ask any of them.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.fx import GraphModule, Node

from equipoise.training.fused.dense import product_kernel
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.manner import Manner

aten = torch.ops.aten
Multiply = Callable[[Tensor, Tensor], Tensor]

_library = torch.library.Library("equipoise", "DEF")
_library.define("product(Tensor left, Tensor right, Tensor? bias) -> Tensor")  # one a compiler does not look into


@torch.library.impl(_library, "product", "CPU")
def _onednn(left: Tensor, right: Tensor, bias: Tensor | None) -> Tensor:
    product: Tensor = torch.ops.mkldnn._linear_pointwise(left, right.t(), bias, "none", [], "")
    return product


@torch.library.impl(_library, "product", "Meta")
def _shape_of_product(left: Tensor, right: Tensor, bias: Tensor | None) -> Tensor:
    return left.new_empty(left.shape[0], right.shape[1])


LEAST_WORK = 2**21
"""Multiplications below which the other library's set-up costs more than it saves (measured: 64 x 256 x 64)."""
LEAST_SIDE = 16
MOST_SAMPLES = 256
"""With more than these the libraries are about as fast as our own kernels, or faster (one thread, 384 to 3072 samples:
0.85 to 1.1 times)."""
WORTH_IT = 1.1
"""oneDNN is taken where it is this much faster. Measured on AMD EPYCs with AVX-512, two threads: 1.0 to 1.5 for samples
with weights and 0.8 to 1.0 for sums over samples on one, 2.2 for both on another."""
_SAMPLES = (((64, 784), (784, 512)), ((64, 512), (512, 784)))
_SUMS = (((512, 192), (192, 784)),)


@dataclass(frozen=True, slots=True)
class Faster:
    """What makes large products faster here, in the words of `Manner`."""

    onednn: bool = False
    onednn_sums: bool = False
    dense: bool = False


@cache
def faster_products() -> Faster:
    """Measured once a process, at products of the sizes that an MLP's step is made of: the best of many, in turns."""
    samples, sums = _seconds_by_way(_samples_with_weights()), _seconds_by_way(_sums_over_samples())
    onednn, onednn_sums = (times["mkl"] > WORTH_IT * times.get("onednn", math.inf) for times in (samples, sums))
    others = samples["onednn" if onednn else "mkl"] + sums["onednn" if onednn_sums else "mkl"]
    ours = samples.get("dense", math.inf) + sums.get("dense", math.inf)
    return Faster(onednn=onednn, onednn_sums=onednn_sums, dense=others > ours)


def _samples_with_weights() -> list[tuple[Tensor, Tensor]]:
    """A layer, whose weight lies by columns, and its gradient to the samples."""
    forwards, backwards = ([torch.ones(shape) for shape in shapes] for shapes in _SAMPLES)
    return [(forwards[0], _by_columns(forwards[1])), (backwards[0], backwards[1])]


def _sums_over_samples() -> list[tuple[Tensor, Tensor]]:
    return [(_by_columns(torch.ones(left)), torch.ones(right)) for left, right in _SUMS]


def _by_columns(matrix: Tensor) -> Tensor:
    return matrix.t().contiguous().t()


def _seconds_by_way(pairs: Sequence[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """The best time of all `pairs` together, for every way that there is here."""
    ways: dict[str, Multiply] = {"mkl": torch.mm}
    if torch.backends.mkldnn.is_available():
        ways["onednn"] = partial(torch.ops.equipoise.product, bias=None)
    if _builds():
        ways["dense"] = partial(torch.ops.equipoise.dense_product, bias=None)
    times = [
        {way: sum(_seconds(multiply, a, b) for a, b in pairs) for way, multiply in ways.items()} for _ in range(40)
    ]
    return {way: min(each[way] for each in times) for way in ways}


def _builds() -> bool:
    try:
        product_kernel()
    except UnsupportedStepError:
        return False
    return True


def may_be_large(parameter: Tensor, samples: int) -> bool:
    """Whether `parameter` may be a weight whose products with so many samples are large, by its shape alone."""
    sides = (*parameter.shape, samples)
    return len(sides) == 3 and min(sides) >= LEAST_SIDE and math.prod(sides) >= LEAST_WORK


def with_faster_products(graph: GraphModule, manner: Manner) -> GraphModule:
    """`graph` with its large float32 products on the CPU handed to whom `manner` names; in place."""
    for node in list(graph.graph.nodes):
        if node.target is aten.mm.default:
            bias, (left, right) = None, node.args
        elif node.target is aten.addmm.default and not node.kwargs and _shape(node.args[0]) == _shape(node)[1:]:
            bias, left, right = node.args
        else:
            continue
        operator = _operator(left, manner)
        if operator is not None and _large(node, left):
            _hand_over(graph, node, operator, (left, right, bias))
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _operator(left: Node, manner: Manner) -> OpOverload | None:
    """Who makes products of `left`; None is PyTorch itself. Samples that are summed over lie by columns."""
    rows, inner = _shape(left)
    sums = left.meta["val"].stride()[0] == 1
    if manner.dense and (inner if sums else rows) <= MOST_SAMPLES:
        return torch.ops.equipoise.dense_product.default
    return torch.ops.equipoise.product.default if (manner.onednn_sums if sums else manner.onednn) else None


def _large(node: Node, left: Node) -> bool:
    sides, value = (*_shape(left), _shape(node)[1]), node.meta["val"]
    enough = min(sides) >= LEAST_SIDE and math.prod(sides) >= LEAST_WORK
    return enough and value.dtype == torch.float32 and value.device.type == "cpu"


def _hand_over(graph: GraphModule, node: Node, operator: OpOverload, arguments: tuple[Node | None, ...]) -> None:
    with graph.graph.inserting_before(node):
        product = graph.graph.call_function(operator, arguments)
    product.meta["val"] = node.meta["val"]
    node.replace_all_uses_with(product)


def _shape(node: Node) -> tuple[int, ...]:
    return tuple(node.meta["val"].shape)


def _seconds(multiply: Multiply, a: Tensor, b: Tensor) -> float:
    began = time.perf_counter()
    multiply(a, b)
    return time.perf_counter() - began
