"""The last activation of a network, and so what it can give at all."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd.graph import Node

from equipoise.probes.inspect.trace import SQUASHES, Operation, replacing

_SHAPES = ("View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze", "Flatten", "Select", "Slice", "Clone", "Alias",
           "Permute", "Transpose", "Mean", "Expand", "ToCopy", "UnsafeSplit", "Split")  # fmt: skip
_AFFINE = ("Add", "Sub", "Mul", "Div", "Neg", "Rsub")
_BY_NODE = {"Sigmoid": "sigmoid", "Tanh": "tanh", "Relu": "relu", "Softplus": "softplus", "Softmax": "softmax",
            "Clamp": "clamp", "ClampMin": "clamp", "ClampMax": "clamp", "Hardtanh": "clamp",
            "LogSigmoidForward": "logsigmoid"}  # fmt: skip
_EXTREMES = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "softmax": (0.0, 1.0)}
_LAYERS = ("convolution", "transposed", "product", "normalisation")


def last_activation(output: Tensor) -> str:
    """What made `output`, followed back through changes of shape, scale and offset; `linear` if nothing squashes it."""
    node = output.grad_fn
    while node is not None and (below := _below(node)) is not None:
        node = below
    return "linear" if node is None else _BY_NODE.get(_name(node), "linear")


def _below(node: Node) -> Node | None:
    """The node whose values `node` only moves about or scales, None if it does more than that."""
    name = _name(node)
    inputs = [parent for parent, _ in node.next_functions if parent is not None]
    if name in _SHAPES and inputs:
        return inputs[0]
    return inputs[0] if name in _AFFINE and len(inputs) == 1 else None


def _name(node: Node) -> str:
    return node.name().rpartition("Backward")[0].lstrip("_")


def tail_activation(operations: tuple[Operation, ...]) -> str | None:
    """The last squashing function after the last layer, as the trace shows it; None if there is none."""
    for operation in reversed(operations):
        if operation.kind in _LAYERS:
            return None
        if operation.kind == "activation" and operation.which in SQUASHES:
            return operation.which
    return None


def reachable_range(run: Callable[[], Tensor], operations: tuple[Operation, ...]) -> tuple[float, float] | None:
    """The smallest and largest value that the network can give, whatever scale and offset follow its last squash.

    None where its last activation has no two bounds.
    """
    which = tail_activation(operations)
    if which not in _EXTREMES:
        return None
    ends = [_output_when_squash_is(run, which, extreme) for extreme in _EXTREMES[which]]
    return min(end[0] for end in ends), max(end[1] for end in ends)


def _output_when_squash_is(run: Callable[[], Tensor], which: str, extreme: float) -> tuple[float, float]:
    def replaced(operation: Operation, result: Tensor, _source: Tensor | None) -> Tensor:
        ours = operation.kind == "activation" and operation.which == which
        return torch.full_like(result, extreme) if ours else result

    output = replacing(run, replaced)
    assert isinstance(output, Tensor)
    return output.min().item(), output.max().item()
