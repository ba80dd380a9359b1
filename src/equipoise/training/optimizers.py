"""The players' optimisers. A network never knows its own."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn


@dataclass(frozen=True, kw_only=True, slots=True)
class OptimizerSettings:
    """Adam, or RMSprop as in the clipped WGAN (arXiv 1701.07875, algorithm 1). `betas` are Adam's alone."""

    kind: Literal["adam", "rmsprop"] = "adam"
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


def make_optimizer(module: nn.Module, settings: OptimizerSettings) -> torch.optim.Optimizer:
    """One optimiser over all trainable parameters of `module`, in its fused form where PyTorch has one."""
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if settings.kind == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=settings.learning_rate)
    fused = all(parameter.device.type in ("cpu", "cuda") for parameter in parameters)
    return torch.optim.Adam(parameters, lr=settings.learning_rate, betas=settings.betas, fused=fused)
