"""The losses of the games with the mistakes that people make in them, apart from the library's own on purpose."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.doctor.game import Game
from benchmarks.doctor.networks import Discriminator


def discriminator_loss(game: Game, real: Tensor, fake: Tensor, rng: torch.Generator) -> Tensor:
    """Of the scores of both batches, without a penalty."""
    swapped = game.has("discriminator's targets swapped") or game.has("discriminator's sign")
    if swapped:
        real, fake = fake, real
    if game.objective in ("wgan-gp", "wgan"):
        return fake.mean() - real.mean()
    if game.objective == "sn-hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    targets = torch.full_like(real, game.real_target), torch.zeros_like(fake)
    if game.target_noise:
        flips = (torch.rand(2, len(real), generator=rng) < game.target_noise).to(real)
        targets = targets[0] - flips[0] * targets[0], targets[1] + flips[1]
    if game.objective == "lsgan":
        return F.mse_loss(real, targets[0]) + F.mse_loss(fake, targets[1])
    return _cross_entropy(real, targets[0]) + _cross_entropy(fake, targets[1])


def generator_loss(game: Game, fake: Tensor) -> Tensor:
    """Of the scores of its own batch."""
    sign = -1.0 if game.has("generator's sign") else 1.0
    if game.objective in ("wgan-gp", "wgan", "sn-hinge"):
        return -sign * fake.mean()
    if game.objective == "lsgan":
        return sign * F.mse_loss(fake, torch.ones_like(fake))
    if game.has("minimax loss"):
        return -sign * _cross_entropy(fake, torch.zeros_like(fake))
    return sign * _cross_entropy(fake, torch.ones_like(fake))


def penalty(
    game: Game, discriminator: Discriminator, real: Tensor, fake: Tensor, labels: Tensor | None, rng: torch.Generator
) -> Tensor:
    """(norm of the gradient - 1) squared, right or with one of the usual mistakes."""
    points = _points(game, real, fake, rng).requires_grad_(True)
    scores = discriminator(points) if labels is None else discriminator(points, labels)
    wired = not game.has("penalty without create_graph")
    (gradient,) = torch.autograd.grad(scores.sum(), points, create_graph=wired)
    if game.has("norm over elements"):
        slopes = gradient.abs()
    elif game.has("norm over one dimension"):
        slopes = torch.linalg.vector_norm(gradient, dim=1)
    else:
        slopes = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return (slopes - 1).square().mean()


def _points(game: Game, real: Tensor, fake: Tensor, rng: torch.Generator) -> Tensor:
    if game.has("penalty on reals"):
        return real.detach().clone()
    if game.has("penalty on noise"):
        return torch.randn(real.shape, generator=rng)
    draws = 1 if game.has("one coefficient for the batch") else len(real)
    share = torch.rand((draws, *[1] * (real.ndim - 1)), generator=rng)
    return (share * real + (1 - share) * fake).detach()


def _cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(scores, targets)
