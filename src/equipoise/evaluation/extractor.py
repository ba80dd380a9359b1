"""What a feature extractor is: a named, versioned value whose name and hash are part of every number made with it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from equipoise.core.types import Features, Samples
from equipoise.metrics.inception_score import ClassProbabilities

_SHOWN = 8


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Extracted:
    """What an extractor sees in a batch. `probabilities` is None where it knows no classes."""

    features: Features
    probabilities: ClassProbabilities | None = None


Extract = Callable[[Samples], Extracted]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FeatureExtractor:
    """Features of samples, with everything that decides them.

    `name` stands in the names of metrics; extractors of one name and other weights have other digests. `handling` says
    what is done to a sample before it is looked at. `published` tells that papers measure with exactly these weights,
    so that their Fréchet distance may be called FID. `extract` takes images in [-1, 1] that are whole 8-bit levels, and
    leaves features and probabilities on the CPU in float32 or float64.
    """

    name: str
    digest: str
    dimension: int
    classes: int | None
    handling: str
    published: bool
    extract: Extract


def short(digest: str) -> str:
    """The first digits of a digest: enough to tell two versions apart in a name."""
    return digest[:_SHOWN]


def weights_digest(module: nn.Module) -> str:
    """SHA-256 of all parameters and buffers with their names, types and shapes, and of the class that uses them."""
    digest = hashlib.sha256(f"{type(module).__module__}.{type(module).__qualname__}".encode())
    for name, value in sorted(module.state_dict().items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(_bytes(value))
    return digest.hexdigest()


def behaviour_digest(extract: Callable[[Samples], Tensor], sample_shape: tuple[int, ...]) -> str:
    """SHA-256 of what `extract` answers to fixed noise: the only hash a plain function has."""
    noise = torch.rand(4, *sample_shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        return hashlib.sha256(_bytes(extract(noise))).hexdigest()


def _bytes(value: Tensor) -> bytes:
    return np.ascontiguousarray(value.detach().cpu().reshape(-1).view(torch.uint8).numpy()).tobytes()
