"""Looking at a module without leaving a trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from equipoise.core.randomness import global_random_state, restore_global_random_state

_Kept = tuple[nn.Module, str, Tensor, Tensor]


@contextmanager
def untouched(module: nn.Module) -> Iterator[None]:
    """Put parameters, buffers, train/eval modes and torch's global streams back as they were, whatever happens inside.

    What a module keeps outside of these (a plain attribute) is its own affair.
    """
    modes = [(layer, layer.training) for layer in module.modules()]
    kept = [*_parameters(module), *_buffers(module)]
    streams = global_random_state()
    try:
        yield
    finally:
        restore_global_random_state(streams)
        for layer, training in modes:
            layer.training = training
        for layer, name, tensor, value in kept:
            _put_back(layer, name, tensor, value)


@torch.no_grad()
def disturb(module: nn.Module, spread: float, rng: torch.Generator) -> None:
    """Add noise to every floating parameter; only for use inside `untouched`."""
    for parameter in module.parameters():
        noise = torch.randn(parameter.shape, generator=rng, device=rng.device)
        parameter.add_(noise.to(parameter), alpha=spread)


def _parameters(module: nn.Module) -> list[_Kept]:
    return [
        (layer, name, parameter, parameter.detach().clone())
        for layer in module.modules()
        for name, parameter in layer.named_parameters(recurse=False)
    ]


def _buffers(module: nn.Module) -> list[_Kept]:
    return [
        (layer, name, buffer, buffer.detach().clone())
        for layer in module.modules()
        for name, buffer in layer.named_buffers(recurse=False)
    ]


@torch.no_grad()
def _put_back(layer: nn.Module, name: str, tensor: Tensor, value: Tensor) -> None:
    """Restore the value in place, and the tensor itself where the module has rebound its name."""
    if getattr(layer, name) is not tensor:
        setattr(layer, name, tensor)
    if not torch.equal(tensor, value):
        tensor.copy_(value)
