"""Both players of a game as a probe meets them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from equipoise.core.types import Labels, Logits, Samples, Scalar, ScoreFunction

AnyLatents = Float[Tensor, "batch *latent"]
"""Input of any generator, such as `(batch, 100)` or `(batch, 100, 1, 1)`."""

FewerSamples = Float[Tensor, "whole_batches *sample"]
"""Samples without those that fill no batch."""

PartLabels = Int[Tensor, " part"]
"""Labels of some of a batch."""

Measured = dict[str, Scalar]
"""Signals that still lie on their device."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opponents:
    """The networks, and how each is called: `generate(latents, labels)` and `score(samples, labels)`.

    `score` returns flat logits, one a sample (or one a pack); both run as the training step runs them, in the same
    mode and precision.
    """

    generator: nn.Module
    discriminator: nn.Module
    generate: Callable[[AnyLatents, Labels | None], Samples]
    score: Callable[[Samples, Labels | None], Logits]

    def scorer(self, labels: Labels | None) -> ScoreFunction:
        """The discriminator with its labels given."""

        def score(samples: Samples) -> Logits:
            return self.score(samples, labels)

        return score

    @torch.no_grad()
    def scores(self, samples: Samples, labels: Labels | None, batch: int) -> Logits:
        """Logits of `samples` in float32, `batch` at a time as in training."""
        parts = batches(len(samples), batch)
        return torch.cat([self.score(samples[part], labels_of(labels, part)).float() for part in parts])

    @torch.no_grad()
    def samples(self, latents: AnyLatents, labels: Labels | None, batch: int) -> FewerSamples:
        """Samples in float32, `batch` at a time as in training."""
        parts = batches(len(latents), batch)
        return torch.cat([self.generate(latents[part], labels_of(labels, part)).float() for part in parts])


def batches(count: int, size: int) -> Iterator[slice]:
    """Whole batches of `size`; what is left over is dropped, unless it is all there is.

    Batch normalisation and minibatch layers behave as they do in training only in batches of training's size.
    """
    edges = range(0, max(count // size, 1) * size + 1, size)
    return (slice(start, min(stop, count)) for start, stop in pairwise(edges))


def labels_of(labels: Labels | None, part: slice) -> PartLabels | None:
    """The labels of one batch."""
    return None if labels is None else labels[part]


def same_noise() -> None:
    """Begin torch's global streams anew, so that two passes draw the same dropout masks. Only inside `undisturbed`."""
    torch.default_generator.manual_seed(0)  # torch.manual_seed would write down a stack trace for each idle backend
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(0)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(0)
