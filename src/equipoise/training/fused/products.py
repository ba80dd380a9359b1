"""Which library multiplies matrices on this CPU.

PyTorch's own products go to MKL; oneDNN, which PyTorch has for convolutions, splits small products over threads with
less loss, and on some processors takes wider instructions. A graph without autograd is free to ask either.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import torch
from torch import Tensor
from torch.fx import GraphModule, Node

aten = torch.ops.aten

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
WORTH_IT = 1.1
"""oneDNN is taken where it is this much faster. Measured on AMD EPYCs with AVX-512, two threads: 1.0 to 1.5 for samples
with weights and 0.8 to 1.0 for sums over samples on one, 2.2 for both on another."""
_SAMPLES_BY_WEIGHTS = ((64, 512), (512, 784))
_SUM_OVER_SAMPLES = ((512, 192), (192, 784))


@dataclass(frozen=True, slots=True)
class Faster:
    """Which kinds of product oneDNN makes faster: samples with a weight, and sums over samples: a weight's gradient."""

    samples: bool
    sums: bool


@cache
def faster_with_onednn() -> Faster:
    """Measured once a process, at products of the sizes that an MLP's step is made of: the best of many, in turns."""
    if not torch.backends.mkldnn.is_available():
        return Faster(samples=False, sums=False)
    a, b = (torch.ones(shape) for shape in _SAMPLES_BY_WEIGHTS)
    c, d = (torch.ones(shape) for shape in _SUM_OVER_SAMPLES)
    return Faster(samples=_faster(a, b), sums=_faster(c.t().contiguous().t(), d))


def _faster(a: Tensor, b: Tensor) -> bool:
    ways = (torch.mm, partial(torch.ops.equipoise.product, bias=None))
    best = [min(times) for times in zip(*([_seconds(way, a, b) for way in ways] for _ in range(40)), strict=True)]
    return bool(best[0] > WORTH_IT * best[1])


def with_onednn_products(graph: GraphModule, *, samples: bool, sums: bool) -> GraphModule:
    """`graph` with its large float32 products of either kind handed to oneDNN where asked, on the CPU; in place."""
    for node in list(graph.graph.nodes):
        if node.target is aten.mm.default:
            bias, (left, right) = None, node.args
        elif node.target is aten.addmm.default and not node.kwargs and _shape(node.args[0]) == _shape(node)[1:]:
            bias, left, right = node.args
        else:
            continue
        if (sums if _lies_by_columns(left) else samples) and _large(node, left):
            _hand_over(graph, node, left, right, bias)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _lies_by_columns(left: Node) -> bool:
    """As the left side of a weight's gradient does, where samples are summed over."""
    return bool(left.meta["val"].stride()[0] == 1)


def _large(node: Node, left: Node) -> bool:
    (rows, inner), columns, value = _shape(left), _shape(node)[1], node.meta["val"]
    enough = rows * inner * columns >= LEAST_WORK and min(rows, inner, columns) >= 16
    return enough and value.dtype == torch.float32 and value.device.type == "cpu"


def _hand_over(graph: GraphModule, node: Node, left: Node, right: Node, bias: Node | None) -> None:
    with graph.graph.inserting_before(node):
        product = graph.graph.call_function(torch.ops.equipoise.product.default, (left, right, bias))
    product.meta["val"] = node.meta["val"]
    node.replace_all_uses_with(product)


def _shape(node: Node) -> tuple[int, ...]:
    return tuple(node.meta["val"].shape)


def _seconds(multiply: Callable[[Tensor, Tensor], Tensor], a: Tensor, b: Tensor) -> float:
    began = time.perf_counter()
    multiply(a, b)
    return time.perf_counter() - began
