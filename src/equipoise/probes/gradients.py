"""What either player learns from, as the step computes it."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.constraints import PenaltyTerm
from equipoise.core.types import Labels, Logits, Samples, Scalar
from equipoise.objectives import Objective
from equipoise.probes.opponents import AnyLatents, Measured, Opponents


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Lesson:
    """What the generator is told by one batch, all detached."""

    samples: Samples
    logits: Logits
    at_logits: Logits
    """Gradient of the generator's loss at each score."""
    at_samples: Float[Tensor, " batch"]
    """Length of its gradient at each sample."""
    at_weights: tuple[Tensor, ...]


def lesson(
    players: Opponents, objective: Objective, latents: AnyLatents, labels: Labels | None, real_logits: Logits
) -> Lesson:
    """The objective's part of one generator step, without taking it; nothing accumulates anywhere."""
    fake = players.generate(latents, labels)
    logits = players.score(fake, labels)
    loss = objective.generator(real_logits, logits.float())
    weights = [parameter for parameter in players.generator.parameters() if parameter.requires_grad]
    at_logits, at_fake, *at_weights = torch.autograd.grad(loss, [logits, fake, *weights], allow_unused=True)
    return Lesson(
        samples=fake.detach().float(),
        logits=logits.detach().float(),
        at_logits=_or_zeros(at_logits, logits).float(),
        at_samples=_or_zeros(at_fake, fake).float().flatten(1).norm(dim=1),
        at_weights=tuple(gradient.float() for gradient in at_weights if gradient is not None),
    )


def generator_signals(first: Lesson, second: Lesson | None) -> Measured:
    """`gradients/...` of the generator.

    attenuation: batch * mean |dL_G / dD(G(z))|, 1 for a Wasserstein loss, near 0 where the loss saturates.
    at_fakes: batch * mean |dL_G / dG(z)|, what reaches the samples.
    generator: length of dL_G / dweights.
    agreement: cosine between those of two independent batches; near 0 noise decides where the generator goes.
    """
    signals = {
        "gradients/attenuation": first.at_logits.abs().sum(),
        "gradients/at_fakes": first.at_samples.sum(),
        "gradients/generator": norm(first.at_weights),
    }
    if second is not None and len(first.at_weights) == len(second.at_weights):
        together = [(a * b).sum() for a, b in zip(first.at_weights, second.at_weights, strict=True)]
        lengths = norm(first.at_weights) * norm(second.at_weights)
        signals["gradients/agreement"] = torch.stack(together).sum() / lengths.clamp_min(1e-30) if together else lengths
    return signals


def discriminator_signals(
    players: Opponents,
    objective: Objective,
    penalties: tuple[PenaltyTerm, ...],
    *,
    real: Samples,
    fake: Samples,
    labels: Labels | None,
    rng: torch.Generator,
) -> Measured:
    """`gradients/discriminator` and, where there are penalties, `penalty/share`.

    The former is the length of its loss's gradient at its weights, penalties included as they weigh; the latter is
    weight * penalty / (weight * penalty + |E[D(x)] - E[D(G(z))]|). A lazy penalty counts with its mean pull.
    `labels` belong to `real` and were asked of `fake`.
    """
    real_logits, fake_logits = players.score(real, labels).float(), players.score(fake, labels).float()
    loss = objective.discriminator(real_logits, fake_logits)
    readings = [term.penalty(players.scorer(labels), real=real, fake=fake, rng=rng) for term in penalties]
    pull = [term.weight * reading.values.mean() for term, reading in zip(penalties, readings, strict=True)]
    weights = [parameter for parameter in players.discriminator.parameters() if parameter.requires_grad]
    gradients = torch.autograd.grad(torch.stack([loss, *pull]).sum(), weights, allow_unused=True)
    signals = {"gradients/discriminator": norm(tuple(g.float() for g in gradients if g is not None))}
    if pull:
        weighed, estimate = torch.stack(pull).sum(), (real_logits.mean() - fake_logits.mean()).abs()
        signals["penalty/share"] = weighed / (weighed + estimate).clamp_min(1e-12)
    return signals


def norm(gradients: tuple[Tensor, ...]) -> Scalar:
    """Length of all together."""
    if not gradients:
        return torch.zeros(())
    length: Scalar = torch.stack([gradient.norm() for gradient in gradients]).norm()
    return length


def _or_zeros(gradient: Tensor | None, like: Tensor) -> Tensor:
    return torch.zeros_like(like) if gradient is None else gradient
