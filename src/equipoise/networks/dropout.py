"""Dropout whose masks are cheap to draw on a CPU."""

import torch
from torch import Tensor, nn

_LEVELS = 2**16


class Dropout(nn.Dropout):
    """`nn.Dropout` that draws 16 random bits a value where PyTorch draws a whole Bernoulli variable, on the CPU.

    The share that is dropped is the nearest multiple of 1/65536, and what is kept is scaled for just that share, so the
    mean stays exact. On other devices it is PyTorch's own.
    """

    def forward(self, input: Tensor) -> Tensor:
        """`input` with values set to 0 in training, any shape."""
        dropped = round(self.p * _LEVELS)
        if not self.training or input.device.type != "cpu" or not 0 < dropped < _LEVELS:
            return super().forward(input)
        kept = _sixteen_bits(input.numel()).view(input.shape) >= dropped - _LEVELS // 2
        return input * kept * (_LEVELS / (_LEVELS - dropped))


def _sixteen_bits(count: int) -> Tensor:
    """`count` integers from -32768 to 32767, all as likely, from the global stream: four at a draw."""
    words = torch.empty(-(-count // 4), dtype=torch.int64)
    return words.random_(-(2**63), None).view(torch.int16)[:count]
