"""Comparisons of 16-bit integers, kept apart from what is done with their outcome.

PyTorch's compiler has no vectors of such integers, and joins a comparison with the operations after it: dropout's mask,
drawn as 16 random bits a value, would make a layer's activation, its derivative and the bias's gradient loops over
single numbers.
"""

import torch
from torch import Tensor
from torch.fx import GraphModule

aten = torch.ops.aten

_library = torch.library.Library("equipoise", "FRAGMENT")
_library.define("at_least(Tensor values, int bound) -> Tensor")  # one a compiler does not look into


@torch.library.impl(_library, "at_least", "CPU")
def _at_least(values: Tensor, bound: int) -> Tensor:
    return values >= bound


@torch.library.impl(_library, "at_least", "Meta")
def _shape_of_outcome(values: Tensor, bound: int) -> Tensor:
    return torch.empty_like(values, dtype=torch.bool)


def with_masks_apart(graph: GraphModule) -> GraphModule:
    """`graph` with its comparisons of 16-bit integers on the CPU hidden from the compiler; in place."""
    for node in graph.graph.nodes:
        if node.target is aten.ge.Scalar and _is_short(node.args[0].meta["val"]) and isinstance(node.args[1], int):
            node.target = torch.ops.equipoise.at_least.default
    graph.recompile()
    return graph


def _is_short(values: Tensor) -> bool:
    return values.dtype == torch.int16 and values.device.type == "cpu"
