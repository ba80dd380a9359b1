"""Measuring players in the middle of a run without changing the run."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from equipoise.core.randomness import global_random_state, restore_global_random_state

_Buffer = tuple[nn.Module, str, Tensor, Tensor]


@contextmanager
def undisturbed(modules: Sequence[nn.Module]) -> Iterator[None]:
    """Put back afterwards, whatever happens inside, all that forward passes and `torch.autograd.grad` can move.

    That is: buffers (running statistics, the vectors of spectral normalisation), train/eval modes, `requires_grad`
    flags, and the global random streams of torch, numpy and Python. Inside, gradients are on, and a module that is
    frozen as a whole, as many loops freeze the discriminator while the generator learns, has its gradients back.
    Weights and their `.grad` are not copied, so nothing inside may call `backward` or step an optimiser.
    """
    modes = [(part, part.training) for module in modules for part in module.modules()]
    flags = [(parameter, parameter.requires_grad) for module in modules for parameter in module.parameters()]
    buffers = [buffer for module in modules for buffer in _buffers(module)]
    streams, numpy_stream, python_stream = global_random_state(), np.random.get_state(), random.getstate()
    try:
        for module in modules:
            _thaw(module)
        with torch.enable_grad():
            yield
    finally:
        restore_global_random_state(streams)
        np.random.set_state(numpy_stream)
        random.setstate(python_stream)
        for part, training in modes:
            part.training = training
        for parameter, flag in flags:
            parameter.requires_grad_(flag)
        for kept in buffers:
            _put_back(*kept)


def _thaw(module: nn.Module) -> None:
    floating = [parameter for parameter in module.parameters() if parameter.is_floating_point()]
    if not any(parameter.requires_grad for parameter in floating):
        for parameter in floating:
            parameter.requires_grad_(True)


def _buffers(module: nn.Module) -> list[_Buffer]:
    return [
        (part, name, buffer, buffer.detach().clone())
        for part in module.modules()
        for name, buffer in part.named_buffers(recurse=False)
    ]


@torch.no_grad()
def _put_back(part: nn.Module, name: str, buffer: Tensor, value: Tensor) -> None:
    """Restore the value in place, and the tensor itself where a pass has rebound its name."""
    if getattr(part, name) is not buffer:
        setattr(part, name, buffer)
    buffer.copy_(value)
