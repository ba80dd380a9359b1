"""How a network is called, with labels or without. What is demanded of one is in `equipoise.networks.contract`."""

from torch import nn

from equipoise.core.types import Labels, Latents, Logits, Samples, ScoreFunction


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
