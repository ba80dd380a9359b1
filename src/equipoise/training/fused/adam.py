"""Adam's step over all of a player's weights in one call, by a kernel of our own (adam.cpp).

It does what `torch.optim.Adam` does, to that optimiser's own state, so that checkpoints and other engines find there
what they always do. What it saves is mostly the Python around PyTorch's kernel, which takes as long as that where
networks are small.
"""

import ctypes
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Optimizer

from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.native import function

_TENSORS = ("weight", "first", "second", "updates", "gradient")
_NUMBERS = ("learning_rate", "keep_first", "keep_second", "epsilon")
_UPDATE = np.dtype(
    [*((name, np.uintp) for name in _TENSORS), ("count", np.int64), *((name, np.float64) for name in _NUMBERS)]
)
"""As adam.cpp has it."""
_UNUSUAL = ("weight_decay", "amsgrad", "maximize", "capturable", "differentiable")


def fits(optimizer: Optimizer) -> bool:
    """Whether `optimizer` is Adam as it was published, of float32 on a CPU, and its kernel can be compiled here."""
    if type(optimizer) is not torch.optim.Adam or not all(map(_is_plain, optimizer.param_groups)):
        return False
    try:
        adam_kernel()
    except UnsupportedStepError:
        return False
    return True


def adam_step(optimizer: Optimizer) -> None:
    """`optimizer.step()` of one that fits. Like that it passes over parameters without a gradient."""
    rows = [
        _update(optimizer.state[parameter], parameter, parameter.grad, group)
        for group in optimizer.param_groups
        for parameter in group["params"]
        if parameter.grad is not None
    ]
    updates = np.array(rows, dtype=_UPDATE)
    adam_kernel()(updates.ctypes.data, len(updates), torch.get_num_threads())


@cache
def adam_kernel() -> Any:
    """The compiled kernel, a function of ctypes.

    Raises:
        UnsupportedStepError: it cannot be compiled here.
    """
    return function("adam", [ctypes.c_void_p, ctypes.c_int, ctypes.c_int], "adam.cpp", "panels.h")


def _update(
    state: dict[str, Tensor], parameter: Tensor, gradient: Tensor, group: Mapping[str, Any]
) -> tuple[int | float, ...]:
    """One row of the kernel's table: a gradient lies in memory as its parameter does."""
    if not state:
        _begin(state, parameter)
    tensors = (parameter, state["exp_avg"], state["exp_avg_sq"], state["step"], gradient)
    return (*(t.data_ptr() for t in tensors), parameter.numel(), group["lr"], *group["betas"], group["eps"])


def _begin(state: dict[str, Tensor], parameter: Tensor) -> None:
    """As PyTorch's fused Adam begins."""
    state["step"] = torch.zeros((), dtype=torch.float32)
    state["exp_avg"] = torch.zeros_like(parameter, memory_format=torch.preserve_format)
    state["exp_avg_sq"] = torch.zeros_like(parameter, memory_format=torch.preserve_format)


def _is_plain(group: Mapping[str, Any]) -> bool:
    numbers = (group["lr"], *group["betas"])
    usual = not any(group[name] for name in _UNUSUAL) and not any(isinstance(number, Tensor) for number in numbers)
    return usual and all(map(_is_plain_tensor, group["params"]))


def _is_plain_tensor(parameter: Tensor) -> bool:
    return parameter.dtype == torch.float32 and parameter.device.type == "cpu" and parameter.is_contiguous()
