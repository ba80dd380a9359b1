"""A step as one graph: every operation of loss, penalty, and their first and second derivatives, in a row.

The step's own functions run once on tensors without values, autograd and all, while each operation is written down.
What is left holds no Python of the step and no autograd: inputs are both players' tensors, the batch, the penalties'
weights and the random numbers; outputs are gradients and what the record shows. So a module of the user's needs no
support of its own, as long as it runs the same operations at each step. It is traced twice to see that it does.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.utils.stateless import _reparametrize_module

from equipoise.training.fused.draws import UnsupportedStepError

Function = Callable[..., Sequence[Tensor | None]]


def traced(function: Function, inputs: Sequence[Tensor]) -> GraphModule:
    """The graph of `function` at inputs of these shapes.

    Raises:
        UnsupportedStepError: it cannot be written down, or would be written down differently the next time.
    """
    first, second = (_traced_once(function, inputs) for _ in range(2))
    if first.code != second.code:
        raise UnsupportedStepError("it runs other operations or other constants at its second call than at its first")
    return first


def _traced_once(function: Function, inputs: Sequence[Tensor]) -> GraphModule:
    try:
        graph = make_fx(function, tracing_mode="fake")(*inputs)
    except UnsupportedStepError:
        raise
    except Exception as error:  # whatever a module of the user's raises when its tensors hold no values
        reason = str(error).strip().splitlines() or [""]
        raise UnsupportedStepError(f"it cannot be traced ({type(error).__name__}: {reason[0][:120]})") from error
    if any(node.op == "get_attr" for node in graph.graph.nodes):
        raise UnsupportedStepError("a network makes tensors of numbers as it runs (torch.tensor); a buffer would do")
    return graph


class Tensors:
    """The tensors of a network in a fixed order, and a way to run it on others in their place."""

    def __init__(self, module: nn.Module) -> None:
        for name, layer in module.named_modules():
            _require_plain(name or type(module).__name__, layer)
        self._module = module
        self._names = [name for name, _ in (*module.named_parameters(), *module.named_buffers())]
        self.parameters = list(module.parameters())
        self.buffers = list(module.buffers())

    def __len__(self) -> int:
        return len(self._names)

    def current(self) -> list[Tensor]:
        """All of them, detached; they share memory with the network's own."""
        return [tensor.detach() for tensor in (*self.parameters, *self.buffers)]

    @contextmanager
    def replaced(self, tensors: Sequence[Tensor]) -> Iterator[None]:
        """Inside, the network runs on `tensors`. Raises if it has put others in their place: those would be lost."""
        given = dict(zip(self._names, tensors, strict=True))
        left = dict(given)
        with _reparametrize_module(self._module, left, tie_weights=True, stack_weights=True):
            yield  # stacked, because a layer that stands under two names is replaced twice and must be put back twice
        if any(left[name] is not given[name] for name in given):
            raise UnsupportedStepError(f"{type(self._module).__name__} replaces its tensors as it runs")


def _require_plain(name: str, layer: nn.Module) -> None:
    hooks = (layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks)
    if any(hooks):
        raise UnsupportedStepError(f"`{name}` has hooks, which a graph would not run")
    for attribute, value in vars(layer).items():
        if isinstance(value, Tensor):
            raise UnsupportedStepError(f"`{name}.{attribute}` is a tensor, yet neither a parameter nor a buffer")


@contextmanager
def all_of(*contexts: object) -> Iterator[None]:
    """Enter every context in order."""
    with ExitStack() as stack:
        for context in contexts:
            stack.enter_context(context)  # type: ignore[arg-type]
        yield


def copied(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Copies, so that a trial run writes into none of the originals."""
    return [tensor.detach().clone(memory_format=torch.preserve_format) for tensor in tensors]
