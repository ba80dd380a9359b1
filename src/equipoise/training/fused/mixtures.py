"""A layer's product with a mixture of two batches is the mixture of its products with either.

A gradient penalty scores points between reals and fakes, which the same discriminator has just scored: the first
linear layer of `e r + (1 - e) f` is `e` times that of `r` and `1 - e` times that of `f`, bias and all. That is an
eighth of the products of an MLP critic's step.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch.fx import GraphModule, Node

from equipoise.training.fused.simplify import written_into

aten = torch.ops.aten

_RESHAPES = {aten.view.default, aten.reshape.default, aten._unsafe_view.default, aten.flatten.using_ints}
_PRODUCTS = {aten.mm.default: 0, aten.addmm.default: 1}
"""Operators, and which of their arguments is the batch."""


@dataclass(frozen=True, slots=True)
class _Mixture:
    """`share * first + (1 - share) * second`, with one share a sample."""

    share: Node
    first: Node
    second: Node


def with_mixed_products(graph: GraphModule) -> GraphModule:
    """`graph` without products of mixtures whose parts have met the same weights before; in place."""
    written = written_into(graph)
    for node in list(graph.graph.nodes):
        batch = _batch_of(node)
        mixture = None if batch is None else _mixture(_source(batch))
        if mixture is None or written.intersection({mixture.share, mixture.first, mixture.second}):
            continue
        parts = [_product_of(graph, part, like=node) for part in (mixture.first, mixture.second)]
        found = [part for part in parts if part is not None and part[0] not in written]
        if len(found) == 2:
            _mix(graph, node, mixture, *found)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _batch_of(node: Node) -> Node | None:
    """The batch that a linear layer is given, if `node` is one, with one bias for all samples or none."""
    if node.target not in _PRODUCTS or node.kwargs:
        return None
    if node.target is aten.addmm.default and node.args[0].meta["val"].ndim != 1:  # type: ignore[union-attr]
        return None
    batch = node.args[_PRODUCTS[node.target]]
    return batch if isinstance(batch, Node) else None


def _source(node: Node) -> Node:
    """What `node` holds before it was flattened, or copied without a change of type."""
    while node.target in _RESHAPES or _copies_alone(node):
        if _rows(node) != _rows(node.args[0]):
            break
        node = node.args[0]  # type: ignore[assignment]
    return node


def _copies_alone(node: Node) -> bool:
    copies = node.target in (aten._to_copy.default, aten.clone.default)
    return copies and node.meta["val"].dtype == node.args[0].meta["val"].dtype  # type: ignore[union-attr]


def _mixture(node: Node) -> _Mixture | None:
    """`node` as `e * r + (1 - e) * f`, in whichever order it is written."""
    if node.target is not aten.add.Tensor or node.kwargs:
        return None
    for one, other in (node.args[:2], node.args[1::-1]):
        for share, first in _factors(one):
            for rest, second in _factors(other):
                if _is_rest(rest, share) and _one_a_sample(share) and _alike(first, second, node):
                    return _Mixture(share, first, second)
    return None


def _factors(node: Any) -> list[tuple[Node, Node]]:
    if not isinstance(node, Node) or node.target is not aten.mul.Tensor:
        return []
    pairs = [node.args[:2], node.args[1::-1]]
    return [(a, b) for a, b in pairs if isinstance(a, Node) and isinstance(b, Node)]


def _is_rest(node: Node, share: Node) -> bool:
    return node.target is aten.rsub.Scalar and tuple(node.args) == (share, 1.0)


def _one_a_sample(share: Node) -> bool:
    shape = share.meta["val"].shape
    return len(shape) > 0 and shape[0] == shape.numel()


def _alike(*nodes: Node) -> bool:
    return len({(tuple(node.meta["val"].shape), node.meta["val"].dtype) for node in nodes}) == 1


def _product_of(graph: GraphModule, part: Node, *, like: Node) -> tuple[Node, int] | None:
    """A product of `part` with the weights of `like`, made before it, and the row at which `part` begins there."""
    for node in graph.graph.nodes:
        if node is like:
            return None
        if node.target is like.target and _same_weights(node, like):
            batch = _batch_of(node)
            source = None if batch is None else _source(batch)
            first_row = None if source is None else _first_row(source, part)
            if first_row is not None:
                return node, first_row
    return None


def _same_weights(one: Node, other: Node) -> bool:
    skipped = _PRODUCTS[one.target]  # type: ignore[index]
    pairs = zip(one.args, other.args, strict=True)
    return not one.kwargs and all(index == skipped or _same(a, b) for index, (a, b) in enumerate(pairs))


def _same(a: Any, b: Any) -> bool:
    """The same tensor, or the same matrix transposed twice over."""
    both_turned = getattr(a, "target", None) is aten.t.default and getattr(b, "target", None) is aten.t.default
    return a is b or (both_turned and a.args[0] is b.args[0])


def _first_row(source: Node, part: Node) -> int | None:
    """Where the samples of `part` lie in `source`, which may hold several batches one after the other."""
    part = _source(part)
    if source is part:
        return 0
    if source.target is not aten.cat.default or tuple(source.args[1:]) not in ((), (0,)):
        return None
    row = 0
    for piece in source.args[0]:  # type: ignore[union-attr]
        if _source(piece) is part:  # type: ignore[arg-type]
            return row
        row += _rows(piece)
    return None


def _rows(node: Any) -> int:
    shape = node.meta["val"].shape
    return int(shape[0]) if len(shape) else -1


def _mix(graph: GraphModule, node: Node, mixture: _Mixture, *parts: tuple[Node, int]) -> None:
    def make(operator: Any, *arguments: Any) -> Node:
        made: Node = graph.graph.call_function(operator, arguments)
        values = [a.meta["val"] if isinstance(a, Node) else a for a in arguments]
        made.meta["val"] = operator(*values)
        return made

    rows = _rows(node)
    with graph.graph.inserting_before(node):
        share = make(aten.view.default, mixture.share, [rows, 1])
        first, second = (make(aten.slice.Tensor, product, 0, row, row + rows) for product, row in parts)
        mixed = make(aten.lerp.Tensor, second, first, share)
    node.replace_all_uses_with(mixed)
