"""Products of matrices of which one side is a batch of samples, by kernels of our own (dense.cpp).

The libraries' own are made for large matrices: where a batch of 64 meets a weight, they spend a good part of their time
on copying the weight into the order they like, and on dividing the work over threads.
"""

import ctypes
from functools import cache
from typing import Any

import torch
from torch import Tensor

from equipoise.training.fused.native import function

_library = torch.library.Library("equipoise", "FRAGMENT")
_library.define("dense_product(Tensor left, Tensor right, Tensor? bias) -> Tensor")

_MATRIX: tuple[Any, ...] = (ctypes.c_void_p, ctypes.c_long, ctypes.c_long)
_ARGUMENTS: list[Any] = [*[ctypes.c_int] * 3, *_MATRIX, *_MATRIX, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]


@torch.library.impl(_library, "dense_product", "CPU")
def _product(left: Tensor, right: Tensor, bias: Tensor | None) -> Tensor:
    left, right = _without_gaps(left), _without_gaps(right)
    rows, inner = left.shape
    columns = right.shape[1]
    result = left.new_empty(rows, columns)
    offsets = None if bias is None else bias.contiguous()  # held while the kernel reads it
    product_kernel()(
        rows, inner, columns, left.data_ptr(), *left.stride(), right.data_ptr(), *right.stride(),
        None if offsets is None else offsets.data_ptr(), result.data_ptr(), torch.get_num_threads(),
    )  # fmt: skip
    return result


@torch.library.impl(_library, "dense_product", "Meta")
def _shape_of_product(left: Tensor, right: Tensor, bias: Tensor | None) -> Tensor:
    return left.new_empty(left.shape[0], right.shape[1])


def _without_gaps(matrix: Tensor) -> Tensor:
    return matrix if 1 in matrix.stride() else matrix.contiguous()


@cache
def product_kernel() -> Any:
    """The compiled kernel, a function of ctypes.

    Raises:
        UnsupportedStepError: it cannot be compiled here.
    """
    return function("product", _ARGUMENTS, "dense.cpp", "panels.h")
