"""Two products whose sum alone is wanted, as one: `a b + c d` is `[a c] [b; d]`.

A penalty gives each weight a gradient of its own beside that of the loss. Joined along the samples, one product makes
both, and neither is written out and read back to be added. That pays where the weight is larger than its samples.
"""

from typing import Any, TypeGuard

import torch
from torch.fx import GraphModule, Node

aten = torch.ops.aten


def with_joined_products(graph: GraphModule) -> GraphModule:
    """`graph` with sums of two products made one product each, where that moves less memory; in place."""
    for node in list(graph.graph.nodes):
        if node.target is aten.add.Tensor and not node.kwargs and _is_sum_of_products(node):
            _join(graph, node)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _is_sum_of_products(node: Node) -> bool:
    left, right = node.args[:2]
    if left is right or not (_is_product(left) and _is_product(right)):
        return False
    (rows, _), (_, columns) = _shape(left.args[0]), _shape(left.args[1])
    samples = _shape(left.args[0])[1] + _shape(right.args[0])[1]
    saved, copied = 3 * rows * columns, 2 * (rows + columns) * samples  # written, read and added; read and written
    return _shape(node) == _shape(left) == _shape(right) and saved > copied


def _is_product(value: Any) -> TypeGuard[Any]:
    return isinstance(value, Node) and value.target is aten.mm.default and len(value.users) == 1


def _join(graph: GraphModule, node: Node) -> None:
    (a, b), (c, d) = (product.args for product in node.all_input_nodes)
    with graph.graph.inserting_before(node):
        left = _concatenated(graph, a, c, along=1)
        right = _concatenated(graph, b, d, along=0)
        product = graph.graph.call_function(aten.mm.default, (left, right))
    product.meta["val"] = node.meta["val"]
    node.replace_all_uses_with(product)


def _concatenated(graph: GraphModule, first: Any, second: Any, *, along: int) -> Node:
    """Both beside each other; transposed matrices are joined as they lie in memory, and transposed then."""
    transposed = first.target is aten.t.default and second.target is aten.t.default
    pieces = [value.args[0] if transposed else value for value in (first, second)]
    dimension = 1 - along if transposed else along
    joined = graph.graph.call_function(aten.cat.default, (pieces, dimension))
    joined.meta["val"] = torch.cat([piece.meta["val"] for piece in pieces], dimension)
    if not transposed:
        return joined
    turned = graph.graph.call_function(aten.t.default, (joined,))
    turned.meta["val"] = joined.meta["val"].t()
    return turned


def _shape(node: Any) -> tuple[int, ...]:
    return tuple(node.meta["val"].shape)
