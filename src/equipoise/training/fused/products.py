"""Which library multiplies matrices on this CPU.

PyTorch's own products go to MKL, which on a processor that is not Intel's keeps to AVX2; oneDNN, which PyTorch has for
convolutions, takes AVX-512 where there is one. A graph without autograd is free to ask either.
"""

import time
from collections.abc import Callable
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
WORTH_IT = 1.5
"""oneDNN is taken where it is this much faster. Measured: 2.2 on one AMD EPYC with AVX-512, 1.0 to 1.3 on another."""


@cache
def onednn_multiplies_faster() -> bool:
    """Measured once a process, at a product of the size that an MLP's step is made of: the best of many, in turns."""
    if not torch.backends.mkldnn.is_available():
        return False
    a, b = (torch.ones(shape, dtype=torch.float32) for shape in ((128, 784), (784, 512)))
    ways = (torch.mm, partial(torch.ops.equipoise.product, bias=None))
    best = [min(times) for times in zip(*([_seconds(way, a, b) for way in ways] for _ in range(40)), strict=True)]
    return bool(best[0] > WORTH_IT * best[1])


def with_onednn_products(graph: GraphModule) -> GraphModule:
    """`graph` with its large float32 products on the CPU handed to oneDNN, in place."""
    for node in list(graph.graph.nodes):
        if node.target is aten.mm.default:
            _handed_over(graph, node, node.args[0], node.args[1], None)
        elif node.target is aten.addmm.default and not node.kwargs and _shape(node.args[0]) == _shape(node)[1:]:
            _handed_over(graph, node, node.args[1], node.args[2], node.args[0])
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _handed_over(graph: GraphModule, node: Node, left: Node, right: Node, bias: Node | None) -> None:
    rows, inner = _shape(left)
    columns = _shape(node)[1]
    value = node.meta["val"]
    small = rows * inner * columns < LEAST_WORK or min(rows, inner, columns) < 16
    if small or value.dtype != torch.float32 or value.device.type != "cpu":
        return
    with graph.graph.inserting_before(node):
        product = graph.graph.call_function(torch.ops.equipoise.product.default, (left, right, bias))
    product.meta["val"] = value
    node.replace_all_uses_with(product)


def _shape(node: Node) -> tuple[int, ...]:
    return tuple(node.meta["val"].shape)


def _seconds(multiply: Callable[[Tensor, Tensor], Tensor], a: Tensor, b: Tensor) -> float:
    began = time.perf_counter()
    multiply(a, b)
    return time.perf_counter() - began
