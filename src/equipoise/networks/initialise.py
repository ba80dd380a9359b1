"""First weights, drawn from a stream of their own so that a run's seed decides them, on any device."""

from collections.abc import Callable
from math import prod, sqrt
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from equipoise.core.catalogue import entry
from equipoise.core.errors import NetworkError

Weighted: TypeAlias = nn.Linear | nn.modules.conv._ConvNd
Norm: TypeAlias = nn.modules.batchnorm._NormBase | nn.GroupNorm | nn.LayerNorm

CLASS_VECTOR_SPREAD = 0.1
"""Standard deviation of a new class vector. PyTorch's own 1.0 lets a single class run into the flat end of the tanh and
stay there; docs/conditioning.md has the measurement."""

Fill = Callable[[Tensor, torch.Generator], object]


def initialise(module: nn.Module, scheme: str, rng: torch.Generator) -> None:
    """Draw every weight of `module` anew from `rng`, in the order of `module.modules()`.

    Covers dense and convolutional layers, embeddings (N(0, `CLASS_VECTOR_SPREAD`) in every scheme) and normalisations,
    whose running statistics start afresh. Bare parameters (per-class scales, attention's gamma) stay as constructed.
    Raises SettingError for an unknown scheme, NetworkError under spectral normalisation: initialise before that.
    """
    weights = entry(INITIALISATIONS, scheme, argument="initialisation")
    for name, layer in module.named_modules():
        if parametrize.is_parametrized(layer):
            raise NetworkError(
                f"Layer `{name}` is parametrised (spectral norm?), so its weight cannot be set. Initialise first."
            )
        if isinstance(layer, Weighted):
            weights(layer, rng)
        elif isinstance(layer, nn.Embedding):
            _set(layer.weight, _normal(CLASS_VECTOR_SPREAD), rng)
        elif isinstance(layer, Norm):
            _initialise_norm(layer, rng, spread=0.02 if scheme == "dcgan" else 0.0)


def dcgan_weights(layer: Weighted, rng: torch.Generator) -> None:
    """N(0, 0.02) weights and zero biases (Radford et al. 2016, arXiv 1511.06434, section 4)."""
    _set(layer.weight, _normal(0.02), rng)
    _zero_bias(layer)


def he_weights(layer: Weighted, rng: torch.Generator) -> None:
    """N(0, sqrt(2 / fan_in)) (He et al. 2015, arXiv 1502.01852, eq. 10), for ReLU networks.

    An output of a transposed convolution meets in * k^2 / stride^2 inputs, which is its fan_in here.
    """
    _set(layer.weight, _normal(sqrt(2 / _fan_in(layer))), rng)
    _zero_bias(layer)


def he_uniform_weights(layer: Weighted, rng: torch.Generator) -> None:
    """The spread of `he`, drawn evenly from +-sqrt(6 / fan_in), and PyTorch's biases, even in +-1 / sqrt(fan_in).

    With biases of zero every kink of a first layer of ReLUs runs through the origin; these lie about.
    """
    fan_in = _fan_in(layer)
    _set(layer.weight, _uniform(sqrt(6 / fan_in)), rng)
    if layer.bias is not None:
        _set(layer.bias, _uniform(1 / sqrt(fan_in)), rng)


def glorot_weights(layer: Weighted, rng: torch.Generator) -> None:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16), as SNGAN's authors use."""
    fans = layer.weight[0].numel() + layer.weight.shape[0] * layer.weight[0, 0].numel()
    _set(layer.weight, _uniform(sqrt(6 / fans)), rng)
    _zero_bias(layer)


def torch_weights(layer: Weighted, rng: torch.Generator) -> None:
    """PyTorch's own default, weights and biases uniform in +-1 / sqrt(fan_in), but from `rng`."""
    bound = 1 / sqrt(layer.weight[0].numel())
    _set(layer.weight, _uniform(bound), rng)
    if layer.bias is not None:
        _set(layer.bias, _uniform(bound), rng)


INITIALISATIONS: dict[str, Callable[[Weighted, torch.Generator], None]] = {
    "dcgan": dcgan_weights,
    "he": he_weights,
    "he_uniform": he_uniform_weights,
    "glorot": glorot_weights,
    "torch": torch_weights,
}


def _initialise_norm(layer: Norm, rng: torch.Generator, *, spread: float) -> None:
    """Scale N(1, spread), shift 0, statistics afresh."""
    if layer.weight is not None:
        _set(layer.weight, lambda values, stream: values.normal_(1.0, spread, generator=stream), rng)
    _zero_bias(layer)
    if isinstance(layer, nn.modules.batchnorm._NormBase):
        layer.reset_running_stats()


def _set(parameter: Tensor, fill: Fill, rng: torch.Generator) -> None:
    """Fill on the stream's device, then copy, so that a GPU starts from the same numbers as a CPU."""
    values = torch.empty(parameter.shape, dtype=torch.float32, device=rng.device)
    fill(values, rng)
    with torch.no_grad():
        parameter.copy_(values)


def _zero_bias(layer: Weighted | Norm) -> None:
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def _normal(spread: float) -> Fill:
    return lambda values, rng: values.normal_(0.0, spread, generator=rng)


def _uniform(bound: float) -> Fill:
    return lambda values, rng: values.uniform_(-bound, bound, generator=rng)


def _fan_in(layer: Weighted) -> float:
    weight = layer.weight
    if isinstance(layer, nn.modules.conv._ConvTransposeNd):
        return weight.shape[0] / layer.groups * weight[0, 0].numel() / prod(layer.stride)
    return float(weight[0].numel())
