"""Batch normalisation by the statistics of all processes' samples, on any device and with derivatives of any order."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from equipoise.core.exchange import moments_over_processes, together

Activations = Float[Tensor, "batch channels *space"]
_REPLACED = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


class SynchronisedBatchNorm(_BatchNorm):
    """`nn.BatchNorm*d` of the whole batch that several processes share. By itself it is that very layer.

    Every process must run it at the same point of its step, on as many samples. Running statistics are the same in all.
    """

    def forward(self, inputs: Activations) -> Activations:
        """`(batch, channels, ...)`, normalised by channel."""
        if not together() or not (self.training or self.running_mean is None):
            return super().forward(inputs)
        exact = inputs if inputs.dtype == torch.float64 else inputs.float()
        dims = [0, *range(2, inputs.ndim)]
        local_variance, local_mean = torch.var_mean(exact, dim=dims, correction=0)
        mean, variance = moments_over_processes(local_mean, local_variance)
        if self.training and self.track_running_stats:
            self._remember(mean.detach(), variance.detach(), local=inputs.numel() // inputs.shape[1])
        shape = (1, -1, *(1 for _ in inputs.shape[2:]))
        scale = (variance + self.eps).rsqrt() * (1.0 if self.weight is None else self.weight)
        normalised = (exact - mean.view(shape)) * scale.view(shape)
        return (normalised if self.bias is None else normalised + self.bias.view(shape)).to(inputs.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, *, local: int) -> None:
        """Move the running statistics as PyTorch does: the variance there is the unbiased one."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        count = local * torch.distributed.get_world_size()
        self.num_batches_tracked.add_(1)
        share = 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
        self.running_var.lerp_((variance * (count / (count - 1))).to(self.running_var.dtype), share)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim < 2:
            raise ValueError(f"batch normalisation needs (batch, channels, ...), but was given {tuple(input.shape)}")


def synchronised(module: nn.Module) -> nn.Module:
    """Put `SynchronisedBatchNorm` in the place of every plain batch normalisation, in place; returns the module.

    Parameters, buffers and their names stay, so checkpoints go both ways. A layer derived from `nn.BatchNorm*d` is left
    alone, since what it computes is its own.
    """
    if type(module) in _REPLACED:
        return _like(module)
    made: dict[nn.Module, nn.Module] = {}
    for parent in list(module.modules()):
        for name, layer in list(parent._modules.items()):
            if layer is not None and type(layer) in _REPLACED:
                made.setdefault(layer, _like(layer))
                parent._modules[name] = made[layer]
    return module


def _like(layer: nn.Module) -> SynchronisedBatchNorm:
    assert isinstance(layer, _BatchNorm)
    made = SynchronisedBatchNorm(
        layer.num_features, layer.eps, layer.momentum, layer.affine, layer.track_running_stats
    ).train(layer.training)
    made._parameters.update(layer._parameters)
    made._buffers.update(layer._buffers)
    return made
