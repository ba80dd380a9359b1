"""Names for tensors, with their shapes and ranges.

The shapes are checked at run time in the tests (jaxtyping with beartype) and cost nothing in a run.
"""

from collections.abc import Callable

from jaxtyping import Float, Int, UInt8
from torch import Tensor

Samples = Float[Tensor, "batch *sample"]
"""Real or generated samples. Images are `(batch, channels, height, width)` in [-1, 1]; points are `(batch, 2)`."""

Images = Float[Tensor, "batch channels height width"]
"""Images in [-1, 1]."""

StoredImages = UInt8[Tensor, "batch channels height width"]
"""Images as they lie in a store: 0..255."""

Latents = Float[Tensor, "batch latent_dim"]
"""Input of a generator: standard normal."""

Features = Float[Tensor, "batch features"]
"""Flat features of samples."""

Labels = Int[Tensor, " batch"]
"""Class indices, 0..classes-1."""

LabelWeights = Float[Tensor, "batch classes"]
"""How much of each class a sample shall have; rows sum to 1. A blend of classes, for walks from one to another."""

Logits = Float[Tensor, " scores"]
"""Raw scores of a discriminator, higher is more real, never squashed. One a sample, or one a pack of samples."""

PerSample = Float[Tensor, " scores"]
"""One number a score, before any mean over the batch."""

Scalar = Float[Tensor, ""]
"""A number that still lies on its device."""

ScoreFunction = Callable[[Samples], Logits]
"""A discriminator with its labels already given: what a penalty differentiates."""
