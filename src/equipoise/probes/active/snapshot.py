"""Running somebody's networks, losses and optimisers without leaving a trace.

Closures cannot be copied, so nothing is: everything that a step changes is noted first and put back afterwards, to the
bit. What lies outside (a data loader's position, a learning rate schedule, a third network) is not known here.
"""

import copy
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from equipoise.core.randomness import global_random_state, restore_global_random_state

_Undo = Callable[[], None]
_CONTAINERS = (dict, list, set)


@contextmanager
def as_it_was(modules: Sequence[nn.Module], optimizers: Sequence[Optimizer] = ()) -> Iterator[None]:
    """Put weights, buffers, gradients, modes, attributes, optimisers and random streams back, whatever happens."""
    layers = [layer for module in modules for layer in module.modules()]
    undo: list[_Undo] = [_attributes(layer) for layer in layers if not isinstance(layer, torch.jit.ScriptModule)]
    undo += [_mode(layer) for layer in layers if isinstance(layer, torch.jit.ScriptModule)]
    undo += [_tensor(tensor) for tensor in _tensors(layers, optimizers)]
    undo += [_optimizer(optimizer) for optimizer in optimizers]
    undo.append(_streams())
    try:
        yield
    finally:
        for step in undo:
            step()


def _tensors(layers: Sequence[nn.Module], optimizers: Sequence[Optimizer]) -> list[Tensor]:
    found: dict[int, Tensor] = {}
    for layer in layers:
        own = [*layer.parameters(recurse=False), *layer.buffers(recurse=False)]
        own += [value for value in vars(layer).values() if isinstance(value, Tensor)]
        found |= {id(tensor): tensor for tensor in own}
    for optimizer in optimizers:
        found |= {id(tensor): tensor for group in optimizer.param_groups for tensor in group["params"]}
    return list(found.values())


def _tensor(tensor: Tensor) -> _Undo:
    value, needs, leaf = tensor.detach().clone(), tensor.requires_grad, tensor.is_leaf
    gradient = tensor.grad if leaf else None
    gradient_value = None if gradient is None else gradient.detach().clone()

    def put_back() -> None:
        _copy(tensor, value)
        if not leaf:
            return
        tensor.requires_grad_(needs)
        tensor.grad = gradient
        if gradient is not None and gradient_value is not None:
            _copy(gradient, gradient_value)

    return put_back


def _copy(tensor: Tensor, value: Tensor) -> None:
    with torch.no_grad():
        if not torch.equal(tensor.detach(), value):
            tensor.data.copy_(value)  # `data`: a value that a graph has saved may be put back too


def _attributes(layer: nn.Module) -> _Undo:
    """All that hangs on a layer: modes, counters, hooks, and which tensor stands under which name."""
    kept = dict(vars(layer))
    inside = {name: copy.copy(value) for name, value in kept.items() if isinstance(value, _CONTAINERS)}

    def put_back() -> None:
        for name, content in inside.items():
            _refill(kept[name], content)
        vars(layer).clear()
        vars(layer).update(kept)

    return put_back


def _mode(layer: nn.Module) -> _Undo:
    """A scripted layer has no attributes of Python's."""
    training = layer.training

    def put_back() -> None:
        layer.training = training

    return put_back


def _refill(container: Any, content: Any) -> None:
    container.clear()
    container.extend(content) if isinstance(container, list) else container.update(content)


def _optimizer(optimizer: Optimizer) -> _Undo:
    state = {parameter: _cloned(entries) for parameter, entries in optimizer.state.items()}
    groups = [{key: value for key, value in group.items() if key != "params"} for group in optimizer.param_groups]
    members = [list(group["params"]) for group in optimizer.param_groups]

    def put_back() -> None:
        optimizer.state = defaultdict(dict, state)
        for group, settings, parameters in zip(optimizer.param_groups, groups, members, strict=True):
            group.clear()
            group.update({"params": parameters, **settings})

    return put_back


def _cloned(entries: dict[str, Any]) -> dict[str, Any]:
    return {key: value.clone() if isinstance(value, Tensor) else copy.copy(value) for key, value in entries.items()}


def _streams() -> _Undo:
    pythons, numpys, torchs = random.getstate(), np.random.get_state(), global_random_state()

    def put_back() -> None:
        restore_global_random_state(torchs)
        np.random.set_state(numpys)
        random.setstate(pythons)

    return put_back
