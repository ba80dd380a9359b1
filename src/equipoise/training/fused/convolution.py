"""Convolutions whose second derivative is made of convolutions of the ordinary kind.

PyTorch computes the weight's share of a convolution's double backward as a convolution with the batch as channels and
a kernel as large as the image, several times slower on a CPU than the routine for weight gradients. A convolution is
linear in its input and in its weight, so its two adjoints and itself are closed under differentiation, as Karras et al.
use in `conv2d_gradfix` (arXiv:2006.06676, released code); here for any stride, dilation, group and for the transposed.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.overrides import TorchFunctionMode

aten = torch.ops.aten


@dataclass(frozen=True, slots=True)
class _Form:
    """All that is fixed in a convolution."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    transposed: bool
    output_padding: tuple[int, ...]
    groups: int

    def apply(self, samples: Tensor, weight: Tensor) -> Tensor:
        result: Tensor = aten.convolution(samples, weight, None, *self._settings())
        return result

    def adjoint(self, slope: Tensor, samples: Tensor, weight: Tensor, wanted: int) -> Tensor:
        """The gradient to the samples (`wanted` 0) or to the weight (1); of the wanted one only the shape matters."""
        mask = [wanted == 0, wanted == 1, False]
        gradients = aten.convolution_backward(slope, samples, weight, None, *self._settings(), mask)
        gradient: Tensor = gradients[wanted]
        return gradient

    def _settings(self) -> tuple[Any, ...]:
        return (self.stride, self.padding, self.dilation, self.transposed, self.output_padding, self.groups)


def _differentiable(function: type[Function], *arguments: Any) -> Tensor:
    result: Tensor = function.apply(*arguments)
    return result


class _Convolution(Function):
    @staticmethod
    def forward(ctx: Any, samples: Tensor, weight: Tensor, form: _Form) -> Tensor:
        ctx.save_for_backward(samples, weight)
        ctx.form = form
        return form.apply(samples, weight)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Any:
        samples, weight = ctx.saved_tensors
        to_samples, to_weight, _ = ctx.needs_input_grad
        return (
            _differentiable(_ToSamples, slope, weight, samples, ctx.form) if to_samples else None,
            _differentiable(_ToWeight, slope, samples, weight, ctx.form) if to_weight else None,
            None,
        )


class _ToSamples(Function):
    @staticmethod
    def forward(ctx: Any, slope: Tensor, weight: Tensor, like: Tensor, form: _Form) -> Tensor:
        ctx.save_for_backward(slope, weight)
        ctx.form = form
        return form.adjoint(slope, like, weight, 0)

    @staticmethod
    def backward(ctx: Any, direction: Tensor) -> Any:
        slope, weight = ctx.saved_tensors
        to_slope, to_weight = ctx.needs_input_grad[:2]
        return (
            _differentiable(_Convolution, direction, weight, ctx.form) if to_slope else None,
            _differentiable(_ToWeight, slope, direction, weight, ctx.form) if to_weight else None,
            None,
            None,
        )


class _ToWeight(Function):
    @staticmethod
    def forward(ctx: Any, slope: Tensor, samples: Tensor, like: Tensor, form: _Form) -> Tensor:
        ctx.save_for_backward(slope, samples)
        ctx.form = form
        return form.adjoint(slope, samples, like, 1)

    @staticmethod
    def backward(ctx: Any, direction: Tensor) -> Any:
        slope, samples = ctx.saved_tensors
        to_slope, to_samples = ctx.needs_input_grad[:2]
        return (
            _differentiable(_Convolution, samples, direction, ctx.form) if to_slope else None,
            _differentiable(_ToSamples, slope, direction, samples, ctx.form) if to_samples else None,
            None,
            None,
        )


class PlainConvolutions(TorchFunctionMode):
    """Inside, two-dimensional convolutions are these. Padding by name is left to PyTorch."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.conv2d:
            return _conv2d(*args, **kwargs)
        if func is torch.conv_transpose2d:
            return _conv_transpose2d(*args, **kwargs)
        return func(*args, **kwargs)


def _conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    if isinstance(padding, str):
        return torch.conv2d(input, weight, bias, stride, padding, dilation, groups)
    form = _Form(_pair(stride), _pair(padding), _pair(dilation), False, (0, 0), groups)
    return _convolved(input, weight, bias, form)


def _conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    form = _Form(_pair(stride), _pair(padding), _pair(dilation), True, _pair(output_padding), groups)
    return _convolved(input, weight, bias, form)


def _convolved(samples: Tensor, weight: Tensor, bias: Tensor | None, form: _Form) -> Tensor:
    if torch.is_autocast_enabled(samples.device.type):
        narrow = torch.get_autocast_dtype(samples.device.type)
        samples, weight, bias = samples.to(narrow), weight.to(narrow), None if bias is None else bias.to(narrow)
    result: Tensor = _differentiable(_Convolution, samples, weight, form)
    return result if bias is None else result + bias.view(-1, 1, 1)


def _pair(value: int | tuple[int, ...] | list[int]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)
