"""Convolutions whose second derivative is made of convolutions of the ordinary kind.

PyTorch computes the weight's share of a convolution's double backward as a convolution with the batch as channels and
a kernel as large as the image, several times slower on a CPU than the routine for weight gradients. A convolution is
linear in its input and in its weight, so its two adjoints and itself are closed under differentiation, as Karras et al.
use in `conv2d_gradfix` (arXiv:2006.06676, released code); here for any stride, dilation, group and for the transposed.
Where `winograd` is asked for, the forms that it fits are computed with fewer multiplications, and pictures lie channels
last throughout, in which oneDNN is faster too.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.overrides import TorchFunctionMode

from equipoise.training.fused import winograd

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

    def with_fewer_multiplications(self, weight: Tensor) -> "_Form":
        """The same form by `winograd`, where that can compute it."""
        plain = self.dilation == (1, 1) and self.groups == 1
        if plain and winograd.fits(weight, self.stride, self.padding):
            return _WinogradForm(*self._settings())
        return self

    def _settings(self) -> tuple[Any, ...]:
        return (self.stride, self.padding, self.dilation, self.transposed, self.output_padding, self.groups)


class _WinogradForm(_Form):
    """The same with fewer multiplications. A transposed convolution is the other's gradient to its samples."""

    __slots__ = ()

    def apply(self, samples: Tensor, weight: Tensor) -> Tensor:
        if not self.transposed:
            return self._outputs(samples, weight)
        sides = zip(samples.shape[2:], self.padding, self.output_padding, strict=True)
        size = [(side - 1) * self.stride[0] - 2 * pad + weight.shape[2] + more for side, pad, more in sides]
        return self._samples(samples, weight, size)

    def adjoint(self, slope: Tensor, samples: Tensor, weight: Tensor, wanted: int) -> Tensor:
        if wanted == 1:
            outputs, inputs = (samples, slope) if self.transposed else (slope, samples)
            kernel, stride, padding = weight.shape[2], self.stride[0], self.padding[0]
            made: Tensor = torch.ops.equipoise.winograd_to_weight(outputs, inputs, kernel, stride, padding)
            return made
        return (
            self._outputs(slope, weight) if self.transposed else self._samples(slope, weight, list(samples.shape[2:]))
        )

    def _outputs(self, samples: Tensor, weight: Tensor) -> Tensor:
        made: Tensor = torch.ops.equipoise.winograd(samples, weight, self.stride[0], self.padding[0])
        return made

    def _samples(self, outputs: Tensor, weight: Tensor, size: list[int]) -> Tensor:
        made: Tensor = torch.ops.equipoise.winograd_to_samples(outputs, weight, size, self.stride[0], self.padding[0])
        return made


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

    def __init__(self, *, winograd: bool = False) -> None:
        super().__init__()
        self._winograd = winograd

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = _call_of(func, args, kwargs or {})
        if found is None:
            return func(*args, **(kwargs or {}))
        samples, weight, bias, form = _as_autocast(*found)
        if self._winograd and samples.ndim == 4:
            form = form.with_fewer_multiplications(weight)
            samples = samples.contiguous(memory_format=torch.channels_last)
        return _with_bias(_differentiable(_Convolution, samples, weight, form), bias)


class ChannelsLast(TorchFunctionMode):
    """Inside, two-dimensional convolutions and their derivatives are PyTorch's, of pictures channels last.

    Their biases are added afterwards: in all that is not a convolution they round as `PlainConvolutions` do.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = _call_of(func, args, kwargs or {})
        if found is None or found[0].ndim != 4:
            return func(*args, **(kwargs or {}))
        samples, weight, bias, form = _as_autocast(*found)
        return _with_bias(form.apply(samples.contiguous(memory_format=torch.channels_last), weight), bias)


_Call = tuple[Tensor, Tensor, Tensor | None, _Form]


def _call_of(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Call | None:
    if func is torch.conv2d:
        return _conv2d(*args, **kwargs)
    return _conv_transpose2d(*args, **kwargs) if func is torch.conv_transpose2d else None


def _conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> _Call | None:
    if isinstance(padding, str):
        return None
    return input, weight, bias, _Form(_pair(stride), _pair(padding), _pair(dilation), False, (0, 0), groups)


def _conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> _Call:
    form = _Form(_pair(stride), _pair(padding), _pair(dilation), True, _pair(output_padding), groups)
    return input, weight, bias, form


def _as_autocast(samples: Tensor, weight: Tensor, bias: Tensor | None, form: _Form) -> _Call:
    if not torch.is_autocast_enabled(samples.device.type):
        return samples, weight, bias, form
    narrow = torch.get_autocast_dtype(samples.device.type)
    return samples.to(narrow), weight.to(narrow), None if bias is None else bias.to(narrow), form


def _with_bias(outputs: Tensor, bias: Tensor | None) -> Tensor:
    return outputs if bias is None else outputs + bias.view(-1, 1, 1)


def _pair(value: int | tuple[int, ...] | list[int]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value)
