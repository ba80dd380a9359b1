"""Mixed precision: where it holds, and where it must not."""

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.training.game import Precision


def autocast(precision: Precision, device: torch.device) -> torch.autocast:
    """Networks run in `precision`; losses and penalties leave this context and stay in float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16")


def widened(tensor: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """At least float32: what autocast narrowed is widened again, float64 stays as it is."""
    return tensor if tensor.dtype == torch.float64 else tensor.float()
