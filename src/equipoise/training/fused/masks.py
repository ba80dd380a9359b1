"""Comparisons of 16-bit integers, kept apart from what is done with their outcome.

PyTorch's compiler has no vectors of such integers, nor a fast way to read single bytes as truth values. It joins a
comparison with the operations after it: dropout's mask, drawn as 16 random bits a value, would make a layer's
activation, its derivative and the bias's gradient loops over single numbers. So the outcome is made beforehand, by a
loop of our own (masks.cpp), as numbers.
"""

import ctypes
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule, Node

from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.native import function

aten = torch.ops.aten

_ARGUMENTS = (ctypes.c_long, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_library = torch.library.Library("equipoise", "FRAGMENT")
_library.define("at_least(Tensor values, int bound) -> Tensor")  # one a compiler does not look into


@torch.library.impl(_library, "at_least", "CPU")
def _at_least(values: Tensor, bound: int) -> Tensor:
    """1 where a value reaches the bound, else 0."""
    kernel = _kernel()
    if kernel is None or not values.is_contiguous():
        return (values >= bound).to(torch.float32)
    outcome = torch.empty_like(values, dtype=torch.float32)
    kernel(values.numel(), values.data_ptr(), bound, outcome.data_ptr(), torch.get_num_threads())
    return outcome


@torch.library.impl(_library, "at_least", "Meta")
def _shape_of_outcome(values: Tensor, bound: int) -> Tensor:
    return torch.empty_like(values, dtype=torch.float32)


@cache
def _kernel() -> Any | None:
    """The compiled loop, a function of ctypes; None where it cannot be compiled."""
    try:
        return function("at_least", _ARGUMENTS, "masks.cpp")
    except UnsupportedStepError:
        return None


def with_masks_apart(graph: GraphModule) -> GraphModule:
    """`graph` with its comparisons of 16-bit integers on the CPU hidden from the compiler; in place."""
    for node in graph.graph.nodes:
        if node.target is aten.ge.Scalar and _is_short(node.args[0].meta["val"]) and isinstance(node.args[1], int):
            _take_apart(graph, node)
    graph.recompile()
    return graph


def _take_apart(graph: GraphModule, node: Node) -> None:
    """The compiler sees numbers that are compared with 0, for which it has vectors."""
    with graph.graph.inserting_before(node):
        outcome = graph.graph.call_function(torch.ops.equipoise.at_least.default, node.args)
    outcome.meta["val"] = torch.empty_like(node.meta["val"], dtype=torch.float32)
    node.target, node.args = aten.ne.Scalar, (outcome, 0)


def _is_short(values: Tensor) -> bool:
    return values.dtype == torch.int16 and values.device.type == "cpu"
