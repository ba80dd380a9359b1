"""Random numbers of a step, taken out of it: noted once, then drawn before each step and handed in.

A graph that drew its own numbers would see others than the eager step does, and would forget its place in the run's
random stream. So every draw is noted as it happens, whoever makes it (latents, interpolation, dropout, a layer of the
user's), and repeated in the same order from the same stream: to the bit what the eager step draws on a CPU. On CUDA
dropout draws from its own kernel there, so the two engines see different masks of the same law.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten


class UnsupportedStepError(Exception):
    """Why a step cannot be fused, in one line. No error for a user: the run goes on eagerly and says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """One draw that depends on nothing but its shape. `template` stands for a tensor argument, by its metadata."""

    operator: torch._ops.OpOverload
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    template: tuple[tuple[int, ...], tuple[int, ...], torch.dtype, torch.device] | None

    def numbers(self) -> Tensor:
        """The next numbers of the stream that the step would have drawn from."""
        if self.template is None:
            drawn: Tensor = self.operator(*self.arguments, **self.options)
            return drawn
        shape, strides, dtype, device = self.template
        blank = torch.empty_strided(shape, strides, dtype=dtype, device=device)
        filled: Tensor = self.operator(blank, *self.arguments, **self.options)
        return filled


class Noting(TorchDispatchMode):
    """Lets every operation happen, and keeps the draws among them with what they gave."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.draws: list[Draw] = []
        self.numbers: list[Tensor] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func.namespace in _EXCHANGES:
            raise UnsupportedStepError("processes exchange values within it")
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **kwargs)
        if func is aten.native_dropout.default and args[2]:
            return _dropped_out(args[0], args[1], self._noted(_dropout_draw(args[0], args[1])))
        draw = _draw_of(func, args, kwargs)
        numbers = self._noted(draw)
        return args[0].copy_(numbers) if _writes_into_its_argument(func) else numbers.clone()

    def _noted(self, draw: Draw) -> Tensor:
        numbers = draw.numbers()
        self.draws.append(draw)
        self.numbers.append(numbers)
        return numbers


class Telling(TorchDispatchMode):
    """Answers the draws of a step, in order, with numbers it was given."""

    def __init__(self, numbers: Sequence[Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._left = list(reversed(numbers))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **kwargs)
        if not self._left:
            raise UnsupportedStepError("it draws more random numbers at one time than at another")
        numbers = self._left.pop()
        if func is aten.native_dropout.default:
            return _dropped_out(args[0], args[1], numbers)
        return args[0].copy_(numbers) if _writes_into_its_argument(func) else numbers


def _draw_of(func: Any, args: Any, kwargs: Any) -> Draw:
    """The draw to repeat. Only the first argument may be a tensor, and only its metadata may matter."""
    first, rest = (args[0], args[1:]) if args and isinstance(args[0], Tensor) else (None, args)
    by_shape_alone = first is None or func in _BY_SHAPE or _writes_into_its_argument(func)
    if not by_shape_alone or any(isinstance(value, Tensor) for value in (*rest, *kwargs.values())):
        raise UnsupportedStepError(f"it draws random numbers that depend on its data ({func})")
    template = None if first is None else (tuple(first.shape), first.stride(), first.dtype, first.device)
    return Draw(operator=func, arguments=tuple(rest), options=dict(kwargs), template=template)


def _dropout_draw(values: Tensor, share: float) -> Draw:
    template = (tuple(values.shape), values.stride(), torch.bool, values.device)
    return Draw(operator=aten.bernoulli_.float, arguments=(1.0 - share,), options={}, template=template)


def _dropped_out(values: Tensor, share: float, kept: Tensor) -> tuple[Tensor, Tensor]:
    return values * kept * (1.0 / (1.0 - share) if share < 1.0 else 0.0), kept


def _writes_into_its_argument(func: Any) -> bool:
    arguments = func._schema.arguments
    return bool(arguments) and arguments[0].alias_info is not None and arguments[0].alias_info.is_write


_EXCHANGES = ("c10d", "_c10d_functional")
"""Operators of torch.distributed. A graph that held them would hang where one process runs it alone, to probe."""

_BY_SHAPE = {
    aten.rand_like.default,
    aten.randn_like.default,
    aten.randint_like.default,
    aten.randint_like.low_dtype,
    aten.bernoulli.p,
}
