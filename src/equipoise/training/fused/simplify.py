"""Work that a graph writes down and nobody needs: gradients known to be zero, and gradients nobody reads.

The second derivative of a piecewise linear activation is zero, yet autograd carries that zero backwards through every
layer below, with all its matrix products and convolutions. Here a tensor that is zero by construction is followed
through the graph, and whatever it makes zero in turn is not computed.
"""

import torch
from torch.fx import GraphModule, Node

from equipoise.training.fused.winograd import WINOGRAD

aten = torch.ops.aten

_SOURCES = {aten.zeros_like.default, aten.zeros.default, aten.new_zeros.default}
_ZERO_IF_FIRST_IS = {
    getattr(aten, name).default
    for name in (
        "t", "permute", "view", "_unsafe_view", "reshape", "expand", "clone", "detach", "alias", "neg", "sum", "mean",
        "leaky_relu_backward", "threshold_backward", "tanh_backward", "sigmoid_backward", "elu_backward",
        "gelu_backward", "silu_backward", "softplus_backward", "hardtanh_backward", "_softmax_backward_data",
        "avg_pool2d_backward", "_adaptive_avg_pool2d_backward", "upsample_nearest2d", "upsample_nearest2d_backward",
        "slice_backward", "select_backward", "unsqueeze", "avg_pool2d", "native_batch_norm_backward",
        "native_layer_norm_backward", "native_group_norm_backward", "convolution_backward", "embedding_dense_backward",
        "_to_copy",
    )
} | {
    aten.sum.dim_IntList, aten.mean.dim, aten.transpose.int, aten.slice.Tensor, aten.select.int, aten.squeeze.dim,
    aten.div.Tensor, aten.div.Scalar, aten.mul.Scalar,
}  # fmt: skip
_ZERO_IF_EITHER_IS = {aten.mul.Tensor, aten.mm.default, aten.bmm.default, aten.mv.default, aten.dot.default} | WINOGRAD


def simplified(graph: GraphModule) -> GraphModule:
    """`graph` without the work that changes nothing, in place. A value that is not finite may so be met later on."""
    _drop_identities(graph)
    zeros = _zero_nodes(graph)
    for node in list(graph.graph.nodes):
        if node in zeros and node.target not in _SOURCES:
            _replace_by_zeros(graph, node, zeros)
        elif node.target in (aten.add.Tensor, aten.sub.Tensor):
            _drop_zero_term(node, zeros)
    _drop_identities(graph)  # a sum with zero may have stood between two of them
    graph.graph.eliminate_dead_code()
    _leave_out_unread_gradients(graph)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _drop_identities(graph: GraphModule) -> None:
    """Detaching means nothing without autograd, division by one nothing at all, and two transpositions are none."""
    for node in list(graph.graph.nodes):
        if node.target in (aten.detach.default, aten.alias.default) or _divides_by_one(node):
            node.replace_all_uses_with(node.args[0])
        elif node.target is aten.t.default and getattr(node.args[0], "target", None) is aten.t.default:
            node.replace_all_uses_with(node.args[0].args[0])


def _divides_by_one(node: Node) -> bool:
    if node.target not in (aten.div.Tensor, aten.div.Scalar) or not isinstance(node.args[0], Node):
        return False
    return node.args[1] in (1, 1.0) and _alike(node, node.args[0])


def _zero_nodes(graph: GraphModule) -> set[Node]:
    written = written_into(graph)
    zeros: set[Node] = set()
    for node in graph.graph.nodes:
        if node.op == "call_function" and _is_zero(node, zeros) and node not in written:
            zeros.add(node)
    return zeros


def _is_zero(node: Node, zeros: set[Node]) -> bool:
    arguments = [value for value in node.args if isinstance(value, Node)]
    target = node.target
    if target in _SOURCES:
        return True
    if target is aten.full.default or target is aten.full_like.default:
        return bool(node.args[1] == 0)
    if target in _ZERO_IF_EITHER_IS:
        return any(value in zeros for value in arguments)
    if target is aten.convolution.default:
        return node.args[2] is None and (node.args[0] in zeros or node.args[1] in zeros)
    if target in (aten.add.Tensor, aten.sub.Tensor):
        return len(arguments) == 2 and all(value in zeros for value in arguments)
    if target is aten.cat.default:
        return all(value in zeros for value in node.args[0])  # type: ignore[union-attr]
    if getattr(target, "__name__", "") == "getitem":
        return node.args[0] in zeros
    return target in _ZERO_IF_FIRST_IS and node.args[0] in zeros


def written_into(graph: GraphModule) -> set[Node]:
    """Nodes whose memory an operation of the graph changes in place: views count with what they look at."""
    owners: dict[Node, Node] = {}
    for node in graph.graph.nodes:
        owners[node] = next((owners[seen] for seen in _looked_at(node)), node)
    changed = {owners[value] for node in graph.graph.nodes for value in _arguments(node, changed=True)}
    return {node for node, owner in owners.items() if owner in changed}


def _looked_at(node: Node) -> list[Node]:
    """The arguments whose memory `node` shows."""
    schema = getattr(node.target, "_schema", None)
    if node.target is aten._unsafe_view.default or (schema is None and node.op == "call_function"):  # an item of a list
        return node.all_input_nodes
    shows = schema is not None and any(result.alias_info is not None for result in schema.returns)
    return _arguments(node, changed=False) if shows else []


def _arguments(node: Node, *, changed: bool) -> list[Node]:
    """Those that share memory with what `node` gives, or that it changes."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        return []
    values = {**dict(zip((a.name for a in schema.arguments), node.args, strict=False)), **node.kwargs}
    marked = [a for a in schema.arguments if a.alias_info is not None and (a.alias_info.is_write or not changed)]
    return [value for argument in marked if isinstance(value := values.get(argument.name), Node)]


def _replace_by_zeros(graph: GraphModule, node: Node, zeros: set[Node]) -> None:
    value = node.meta.get("val")
    if not isinstance(value, torch.Tensor) or not node.users:
        return
    with graph.graph.inserting_before(node):
        blank = graph.graph.call_function(
            aten.full.default, (list(value.shape), 0), {"dtype": value.dtype, "device": value.device}
        )
    blank.meta["val"] = value
    zeros.add(blank)
    node.replace_all_uses_with(blank)


def _drop_zero_term(node: Node, zeros: set[Node]) -> None:
    """A sum with zero, or a difference from it, is the other term where no broadcasting or promotion happens."""
    first, second = node.args[:2]
    kept = first if second in zeros else second if first in zeros and node.target is aten.add.Tensor else None
    if isinstance(kept, Node) and _alike(node, kept):
        node.replace_all_uses_with(kept)


def _alike(a: Node, b: Node) -> bool:
    one, other = a.meta.get("val"), b.meta.get("val")
    if not isinstance(one, torch.Tensor) or not isinstance(other, torch.Tensor):
        return False
    return one.shape == other.shape and one.dtype == other.dtype


def _leave_out_unread_gradients(graph: GraphModule) -> None:
    """Have each convolution's backward compute only what is read."""
    for node in graph.graph.nodes:
        if node.target is aten.convolution_backward.default:
            read = {user.args[1] for user in node.users}
            mask = [asked and index in read for index, asked in enumerate(node.args[10])]
            node.args = (*node.args[:10], mask)
