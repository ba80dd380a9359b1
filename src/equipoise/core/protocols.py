"""What the engine demands of a network, and how a labelled network is called."""

from typing import Protocol, runtime_checkable

from torch import nn

from equipoise.core.types import Labels, Latents, Logits, Samples, ScoreFunction


@runtime_checkable
class Generator(Protocol):
    """Latents to samples. A conditional generator takes labels as its second argument."""

    def __call__(self, latents: Latents, labels: Labels | None = None, /) -> Samples:
        """`(batch, latent_dim)` to `(batch, *sample)`; images in [-1, 1]."""
        ...


@runtime_checkable
class Discriminator(Protocol):
    """Samples to raw scores. A conditional discriminator takes labels as its second argument."""

    def __call__(self, samples: Samples, labels: Labels | None = None, /) -> Logits:
        """`(batch, *sample)` to `(batch,)` logits, never squashed."""
        ...


def generated(generator: nn.Module, latents: Latents, labels: Labels | None) -> Samples:
    """Samples of `generator`; an unconditional one is never handed labels, so a plain `forward(latents)` will do."""
    samples: Samples = generator(latents) if labels is None else generator(latents, labels)
    return samples


def scored(discriminator: nn.Module, samples: Samples, labels: Labels | None) -> Logits:
    """Logits of `discriminator`, `(batch, 1)` flattened to `(batch,)`."""
    logits: Logits = discriminator(samples) if labels is None else discriminator(samples, labels)
    return logits.flatten()


def score_function(discriminator: nn.Module, labels: Labels | None) -> ScoreFunction:
    """The discriminator as a function of samples alone: what a penalty differentiates."""

    def score(samples: Samples) -> Logits:
        return scored(discriminator, samples, labels)

    return score
