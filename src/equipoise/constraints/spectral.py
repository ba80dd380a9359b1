"""Spectral normalisation: every layer's largest singular value is held at 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils import parametrizations
from torch.nn.utils.parametrize import is_parametrized

from equipoise.core.errors import SettingError

_NORMALISED = (nn.Linear, _ConvNd, nn.Embedding)


def spectral_norm(module: nn.Module, *, power_iterations: int = 1, seed: int = 0) -> nn.Module:
    """Normalise every linear, convolution and embedding layer of `module`, in place, and return it.

    Miyato et al. 2018, algorithm 1 (arXiv:1802.05957); the embedding of a projection head too (arXiv:1802.05637). A
    convolution is the matrix (out channels, rest). Call it before the optimiser is made. Layers that are normalised
    already are left alone, so a second call changes nothing. Each use of a weight in training mode takes
    `power_iterations` steps and so alters buffers; in eval mode nothing moves. The first singular vectors are drawn
    with `seed` and the global random streams are left where they were.

    Raises:
        SettingError: there is no layer to normalise, or fewer than one power iteration.
    """
    if power_iterations < 1:
        raise SettingError(f"`power_iterations` is {power_iterations}, but must be at least 1.")
    layers = [layer for layer in module.modules() if isinstance(layer, _NORMALISED)]
    if not layers:
        raise SettingError(f"{type(module).__name__} has no linear, convolution or embedding layer to normalise.")
    with _seeded(seed, module):
        for layer in layers:
            if not is_parametrized(layer, "weight"):
                parametrizations.spectral_norm(layer, n_power_iterations=power_iterations)
    return module


@contextmanager
def _seeded(seed: int, module: nn.Module) -> Iterator[None]:
    """Seed the global streams that `module`'s devices draw from, and put them back."""
    devices = sorted({parameter.device.index for parameter in module.parameters() if parameter.device.type == "cuda"})
    with torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would reseed other devices for good
        for index in devices:
            with torch.cuda.device(index):
                torch.cuda.manual_seed(seed)
        yield
