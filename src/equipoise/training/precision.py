"""Mixed precision: where it holds, and where it must not."""

import torch

from equipoise.training.game import Precision


def autocast(precision: Precision, device: torch.device) -> torch.autocast:
    """Networks run in `precision`; losses and penalties leave this context and stay in float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16")
