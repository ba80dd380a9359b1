"""Random words of 64 bits, those that PyTorch would draw, in less time (words.cpp).

Dropout's masks are made of them (networks/dropout.py). PyTorch draws them one after the other by one thread, whatever
the number of threads, which a small network's step feels.
"""

import ctypes
from collections.abc import Iterable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from equipoise.training.fused.draws import Draw, UnsupportedStepError
from equipoise.training.fused.native import function

FEWEST = 1024
"""Below, to read the stream's state and to put it back takes longer than is saved."""
_RANDOM, _WHOLE_RANGE = getattr(torch.ops.aten.random_, "from"), (-(2**63), None)
_STATE_BYTES = 5056
"""Of PyTorch's stream on a CPU: the kernel writes into the first 5016."""


def numbers_of(draws: Iterable[Draw]) -> list[Tensor]:
    """The next numbers for one step."""
    return [_words(draw) if _is_of_words(draw) and _kernel() is not None else draw.numbers() for draw in draws]


def _is_of_words(draw: Draw) -> bool:
    if draw.operator is not _RANDOM or draw.arguments != _WHOLE_RANGE or draw.template is None:
        return False
    shape, _, dtype, device = draw.template
    long_enough = len(shape) == 1 and shape[0] >= FEWEST
    return long_enough and dtype == torch.int64 and device.type == "cpu" and draw.options.get("generator") is None


def _words(draw: Draw) -> Tensor:
    assert draw.template is not None
    return _drawn(_kernel(), draw.template[0][0], torch.default_generator)


def _drawn(kernel: Any, count: int, stream: torch.Generator) -> Tensor:
    words, state = torch.empty(count, dtype=torch.int64), stream.get_state()
    kernel(state.data_ptr(), count, words.data_ptr())
    stream.set_state(state)
    return words


@cache
def _kernel() -> Any | None:
    """The compiled loop, a function of ctypes; None where it cannot be compiled or draws other words than PyTorch."""
    try:
        kernel = function("draw", [ctypes.c_void_p, ctypes.c_long, ctypes.c_void_p], "words.cpp")
    except UnsupportedStepError:
        return None
    return kernel if _agrees(kernel) else None


def _agrees(kernel: Any) -> bool:
    """Whether words and what is left of the stream are PyTorch's: its layout is PyTorch's own affair."""
    ours, theirs = (torch.Generator().manual_seed(1) for _ in range(2))
    if ours.get_state().numel() != _STATE_BYTES:
        return False
    for count in (1, 311, 1000):
        expected = torch.empty(count, dtype=torch.int64).random_(*_WHOLE_RANGE, generator=theirs)
        same = torch.equal(_drawn(kernel, count, ours), expected) and torch.equal(ours.get_state(), theirs.get_state())
        odd = torch.randint(9, (1,), generator=ours), torch.randint(9, (1,), generator=theirs)  # half a word
        if not same or not torch.equal(*odd):
            return False
    return True
