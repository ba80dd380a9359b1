"""Convolutions with fewer multiplications, for the strides and kernels that GANs are made of.

A kernel of 4 with stride 2 (all of a DCGAN) and one of 3 with stride 1 (a ResNet), float32 on a CPU, both adjoints
included, pictures channels last. The arithmetic is in winograd.cpp, its matrices in toom_cook.py.
"""

import ctypes
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from equipoise.core.errors import NotEnoughMemory
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.native import library
from equipoise.training.fused.toom_cook import as_header

aten = torch.ops.aten

TAPS = {(4, 2): 2, (3, 1): 3}
"""By kernel and stride: the taps of one phase."""
CHANNELS = 32
"""Both sides' channels must be multiples of this."""
FEWEST_TILES = 128
"""Tiles of 4 x 4 outputs are taken where there are so many; below, transforming the weights costs more than they save
(a DCGAN's last layer at batch 64 has 64, and 52 MB of transformed weights)."""
WORTH_IT = 1.2
"""These are taken where they are this much faster than oneDNN's. Measured: 1.2 to 3 by layer on an AMD EPYC
(benchmarks/speed/convolutions.py)."""

_library = torch.library.Library("equipoise", "FRAGMENT")
_library.define("winograd(Tensor samples, Tensor weight, int stride, int padding) -> Tensor")
_library.define("winograd_to_samples(Tensor slope, Tensor weight, int[] size, int stride, int padding) -> Tensor")
_library.define("winograd_to_weight(Tensor slope, Tensor samples, int kernel, int stride, int padding) -> Tensor")

WINOGRAD = {
    getattr(torch.ops.equipoise, name).default for name in ("winograd", "winograd_to_samples", "winograd_to_weight")
}
"""All are linear in each of their first two tensors."""


def fits(weight: Tensor, stride: tuple[int, ...], padding: tuple[int, ...]) -> bool:
    """Whether a plain convolution with `weight` `(outputs, inputs, side, side)` can be computed here."""
    if weight.ndim != 4 or weight.dtype != torch.float32 or weight.device.type != "cpu":
        return False
    outputs, inputs, height, width = weight.shape
    square = height == width and len(set(stride)) == len(set(padding)) == 1
    return square and outputs % CHANNELS == inputs % CHANNELS == 0 and (height, stride[0]) in TAPS


def may_fit(parameter: Tensor) -> bool:
    """Whether this may be the weight of a convolution that fits, as far as its shape tells."""
    return any(fits(parameter, (stride, stride), (0, 0)) for _, stride in TAPS)


class _Shape(ctypes.Structure):
    """As winograd.cpp has it: samples, then outputs."""

    _fields_ = [  # what ctypes asks for
        (name, ctypes.c_int) for name in ("batch", "c", "height", "width", "k", "out_height", "out_width", "padding")
    ]


@torch.library.impl(_library, "winograd", "CPU")
def _forward(samples: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    outputs = _outputs(samples, weight, stride, padding)
    _call("forward", (_last(samples), weight.contiguous(), outputs), samples, outputs, weight.shape[2], stride, padding)
    return outputs


@torch.library.impl(_library, "winograd_to_samples", "CPU")
def _to_samples(slope: Tensor, weight: Tensor, size: list[int], stride: int, padding: int) -> Tensor:
    samples = _samples(slope, weight, size, stride, padding)
    _call("to_samples", (_last(slope), weight.contiguous(), samples), samples, slope, weight.shape[2], stride, padding)
    return samples


@torch.library.impl(_library, "winograd_to_weight", "CPU")
def _to_weight(slope: Tensor, samples: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    weight = _weight(slope, samples, kernel, stride, padding)
    _call("to_weight", (_last(samples), _last(slope), weight), samples, slope, kernel, stride, padding)
    return weight


@torch.library.impl(_library, "winograd", "Meta")
def _outputs(samples: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    batch, _, height, width = samples.shape
    outputs, _, kernel, _ = weight.shape
    size = [(side + 2 * padding - kernel) // stride + 1 for side in (height, width)]
    return _pictures(samples, (batch, outputs, *size))


@torch.library.impl(_library, "winograd_to_samples", "Meta")
def _samples(slope: Tensor, weight: Tensor, size: list[int], stride: int, padding: int) -> Tensor:
    return _pictures(slope, (len(slope), weight.shape[1], *size))


@torch.library.impl(_library, "winograd_to_weight", "Meta")
def _weight(slope: Tensor, samples: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    return slope.new_empty(slope.shape[1], samples.shape[1], kernel, kernel)


def _pictures(like: Tensor, shape: tuple[int, ...]) -> Tensor:
    return torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=torch.channels_last)


def _last(picture: Tensor) -> Tensor:
    return picture.contiguous(memory_format=torch.channels_last)


def _call(
    form: str, tensors: tuple[Tensor, ...], samples: Tensor, outputs: Tensor, kernel: int, stride: int, padding: int
) -> None:
    batch, k, out_height, out_width = outputs.shape
    shape = _Shape(batch, *samples.shape[1:], k, out_height, out_width, padding)
    function = getattr(kernels(), f"{form}_{_tile(outputs)}_{TAPS[kernel, stride]}")
    function.restype = ctypes.c_bool
    pointers = (ctypes.c_void_p(tensor.data_ptr()) for tensor in tensors)
    if not function(*pointers, ctypes.byref(shape), torch.get_num_threads()):
        pictures = " x ".join(map(str, samples.shape))
        raise NotEnoughMemory(
            f"A convolution with fewer multiplications, of {pictures} samples, does not fit into memory. Train with a "
            "smaller `training.batch_size`, with more `training.micro_batches`, or with `--engine eager`, which needs "
            "less."
        )


def _tile(outputs: Tensor) -> int:
    """The side of a tile: 4 saves more than 2, and rounds and transforms weights more."""
    batch, _, height, width = outputs.shape
    return 4 if batch * (-(-height // 4)) * (-(-width // 4)) >= FEWEST_TILES else 2


def operations_of_direct(form: Any, arguments: tuple[Any, ...], result: Tensor) -> int:
    """Floating-point operations that a call of one of `WINOGRAD` would take as the direct convolution."""
    first, second, *_ = arguments
    if form is torch.ops.equipoise.winograd_to_weight.default:
        return 2 * int(first.numel()) * result[0].numel()
    outputs = result if form is torch.ops.equipoise.winograd.default else first
    return 2 * outputs.numel() * int(second[0].numel())


@cache
def kernels() -> ctypes.CDLL:
    """The compiled kernels.

    Raises:
        UnsupportedStepError: they cannot be compiled here.
    """
    return library("winograd.cpp", "winograd_blocks.h", "panels.h", generated={"toom_cook.h": as_header()})


@cache
def winograd_is_faster() -> bool:
    """Measured once a process, at a middle layer of a DCGAN: the best of several, in turns."""
    try:
        kernels()
    except UnsupportedStepError:
        return False
    samples = torch.ones(64, 128, 16, 16).contiguous(memory_format=torch.channels_last)
    weight = torch.ones(256, 128, 4, 4)
    ways = (
        partial(torch.conv2d, samples, weight, stride=2, padding=1),
        partial(torch.ops.equipoise.winograd, samples, weight, 2, 1),
    )
    best = [min(times) for times in zip(*([_seconds(way) for way in ways] for _ in range(6)), strict=True)]
    return bool(best[0] > WORTH_IT * best[1])


def _seconds(run: Callable[[], Tensor]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
