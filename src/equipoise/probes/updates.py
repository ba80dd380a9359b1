"""What one step changed: needs the weights from before it."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from equipoise.core.types import Labels, Logits, Samples, Scalar
from equipoise.probes.opponents import AnyLatents, Measured, Opponents, same_noise
from equipoise.probes.undisturbed import undisturbed

UNMOVED = 1e-12
"""Ratios below this count as this much, so that their logarithms are finite."""


def weights_of(module: nn.Module) -> tuple[Tensor, ...]:
    """Copies of the trainable weights, for `update_ratio` later."""
    return tuple(parameter.detach().clone() for parameter in module.parameters() if parameter.requires_grad)


@torch.no_grad()
def update_ratio(before: Sequence[Tensor], module: nn.Module) -> Scalar:
    """|change| / |before| of all trainable weights of `module` together since `before` was taken; 0 if none moved."""
    now = [parameter.detach() for parameter in module.parameters() if parameter.requires_grad]
    changes = [(new - old).norm() for new, old in zip(now, before, strict=True)]
    lengths = [old.norm() for old in before]
    ratio: Scalar = torch.stack(changes).norm() / torch.stack(lengths).norm().clamp_min(1e-30)
    return ratio


def update_signals(*, generator: Scalar, discriminator: Scalar) -> Measured:
    """`updates/...` of two ratios, with log10 of D's over G's: above 0 the discriminator moves faster."""
    ratio = discriminator.clamp_min(UNMOVED).log10() - generator.clamp_min(UNMOVED).log10()
    return {"updates/generator": generator, "updates/discriminator": discriminator, "updates/log_ratio": ratio}


def step_efficacy(before: Logits, after: Logits) -> Scalar:
    """How far a generator step raised the scores of the same latents under the same D, in standard deviations.

    Below 0 again and again, the generator walks the wrong way.
    """
    return (after.mean() - before.mean()) / torch.cat([before, after]).std().clamp_min(1e-12)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class BeforeSteps:
    """Both players as they were before one step of each, and what the generator made of `latents` then."""

    latents: AnyLatents
    labels: Labels | None
    samples: Samples
    generator_weights: tuple[Tensor, ...]
    discriminator_weights: tuple[Tensor, ...]

    @staticmethod
    def of(players: Opponents, latents: AnyLatents, labels: Labels | None) -> "BeforeSteps":
        """Remember them; `latents` are one batch."""
        return BeforeSteps(
            latents=latents,
            labels=labels,
            samples=_samples(players, latents, labels),
            generator_weights=weights_of(players.generator),
            discriminator_weights=weights_of(players.discriminator),
        )

    def signals(self, players: Opponents) -> dict[str, float]:
        """`updates/...`, after one step of each. `updates/efficacy` holds the discriminator fixed as it is now."""
        signals = update_signals(
            generator=update_ratio(self.generator_weights, players.generator),
            discriminator=update_ratio(self.discriminator_weights, players.discriminator),
        )
        now = _samples(players, self.latents, self.labels)
        with undisturbed((players.generator, players.discriminator)), torch.no_grad():
            scores = []
            for samples in (self.samples, now):
                same_noise()
                scores.append(players.score(samples, self.labels).float())
        signals["updates/efficacy"] = step_efficacy(*scores)
        values = torch.stack([value.float() for value in signals.values()]).tolist()
        return dict(zip(signals, values, strict=True))


def _samples(players: Opponents, latents: AnyLatents, labels: Labels | None) -> Samples:
    with undisturbed((players.generator,)), torch.no_grad():
        same_noise()
        return players.generate(latents, labels).float()
