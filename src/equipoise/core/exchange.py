"""Sums over all processes that play one game together, and their derivatives of any order. Alone they are identities.

A step's loss is the mean over the samples of one process, and its gradients are averaged over processes before they
are used. The backward pass of a sum over processes is such a sum again, so what comes out is the gradient that one
process would have had of the whole batch; second derivatives, as penalties need, are right for the same reason.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
import torch.distributed
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function

from equipoise.core.errors import OtherProcessFailed, ProcessLost

_APART = ContextVar("apart", default=False)


def together() -> bool:
    """Whether values are exchanged here: several processes have joined, and this one does not measure by itself."""
    return not _APART.get() and torch.distributed.is_initialized() and torch.distributed.get_world_size() > 1


@contextmanager
def apart() -> Iterator[None]:
    """Inside, this process is by itself: for what one of them does while the others wait."""
    token = _APART.set(True)
    try:
        yield
    finally:
        _APART.reset(token)


@contextmanager
def others_present() -> Iterator[None]:
    """Around every exchange: another process that has ended is told as such, once, by the first that is left.

    Raises:
        ProcessLost: in the first process.
        OtherProcessFailed: in any other.
    """
    try:
        yield
    except RuntimeError as error:
        reason = str(error).strip().partition(". ")[0].partition("\n")[0]
        text = f"Another process of this run has ended, so this one ends too. What it printed tells why ({reason})."
        raise (ProcessLost if torch.distributed.get_rank() == 0 else OtherProcessFailed)(text) from error


def sum_over_processes(values: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """The sum over processes of tensors of one shape, with its derivatives; `values` themselves where alone."""
    return _summed(values) if together() else values


def mean_over_processes(values: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Likewise the mean."""
    return _summed(values) / torch.distributed.get_world_size() if together() else values


def moments_over_processes(
    mean: Float[Tensor, "*quantities"], variance: Float[Tensor, "*quantities"]
) -> tuple[Float[Tensor, "*quantities"], Float[Tensor, "*quantities"]]:
    """Mean and biased variance of all processes' values from those of each, which has as many values as any other.

    Each process's moments are exchanged, not sums of squares, so that nothing cancels where the mean is large.
    """
    if not together():
        return mean, variance
    rank, count = torch.distributed.get_rank(), torch.distributed.get_world_size()
    own = torch.stack([mean, variance])
    before, after = own.new_zeros(rank, *own.shape), own.new_zeros(count - rank - 1, *own.shape)
    means, variances = _summed(torch.cat([before, own[None], after])).unbind(dim=1)
    whole = means.mean(dim=0)
    return whole, (variances + (means - whole).square()).mean(dim=0)


class _Sum(Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone(memory_format=torch.contiguous_format)
        with others_present():
            torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:
        return _summed(slope)


def _summed(values: Tensor) -> Tensor:
    apply: Callable[..., Tensor] = _Sum.apply
    total = apply(values)
    return total
