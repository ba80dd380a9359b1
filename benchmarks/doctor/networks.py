"""The players of the games, written as people write them."""

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from benchmarks.doctor.game import CHANNELS, SIDE, Game


class Generator(nn.Module):
    """Latents and, in a conditional game, one-hot classes to points or pictures."""

    def __init__(self, game: Game, classes: int) -> None:
        super().__init__()
        told = classes if game.conditional else 0
        self.classes, self.hears_label = told, True
        self.hears_latents = not game.has("latents dropped")
        width = game.g_width
        self.shape = (CHANNELS[game.data], SIDE, SIDE) if game.images else (2,)
        self.body = _conv_generator(game, game.latent_dim + told) if game.network == "conv" else nn.Sequential(
            nn.Linear(game.latent_dim + told, width),
            *_normalised(game, width), nn.ReLU(),
            nn.Linear(width, width),
            *_normalised(game, width), nn.ReLU(),
            nn.Linear(width, game.values),
            *([nn.Tanh()] if game.images else []),
        )  # fmt: skip
        if game.has("constant initialisation"):
            _constant(self)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Points or pictures."""
        latents = latents if self.hears_latents else latents * 0.0
        inputs = _beside(latents, labels, self.classes, self.hears_label)
        out: Tensor = self.body(inputs)
        return out.view(-1, *self.shape)


class Discriminator(nn.Module):
    """One score a sample; a logit, a critic's score or, with some mistakes, something squashed."""

    def __init__(self, game: Game, classes: int) -> None:
        super().__init__()
        told = classes if game.conditional else 0
        self.classes, self.hears_label = told, True
        self.convolves = game.network == "conv"
        width = game.d_width
        self.body = _conv_discriminator(game) if self.convolves else nn.Sequential(
            nn.Linear(game.values + told, width),
            *_critic_normalised(game, width), nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            *_critic_normalised(game, width), nn.LeakyReLU(0.2),
            nn.Linear(width, 1),
        )  # fmt: skip
        if game.has("large initial discriminator"):
            for parameter in self.parameters():
                parameter.data *= 6.0
        if game.objective == "sn-hinge":
            for layer in [m for m in self.modules() if isinstance(m, nn.Linear | nn.Conv2d)]:
                spectral_norm(layer)
        ends = {"sigmoid at the end": nn.Sigmoid(), "tanh at the end": nn.Tanh()}
        self.end = next((end for mistake, end in ends.items() if game.has(mistake)), nn.Identity())

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        """One flat score a sample."""
        inputs = samples if self.convolves else _beside(samples.flatten(1), labels, self.classes, self.hears_label)
        scores: Tensor = self.end(self.body(inputs)).view(-1)
        return scores


def players(game: Game, classes: int, seed: int) -> tuple[Generator, Discriminator]:
    """Both, freshly initialised from that seed."""
    torch.manual_seed(seed)
    return Generator(game, classes), Discriminator(game, classes)


def _beside(values: Tensor, labels: Tensor | None, classes: int, hears: bool) -> Tensor:
    if labels is None or not classes:
        return values
    onehot = nn.functional.one_hot(labels, classes).to(values)
    return torch.cat([values, onehot if hears else torch.zeros_like(onehot)], dim=1)


def _normalised(game: Game, width: int) -> list[nn.Module]:
    eps = 0.8 if game.has("batch norm of eps 0.8") else 1e-5
    return [nn.BatchNorm1d(width, eps)] if game.images else []


def _critic_normalised(game: Game, width: int) -> list[nn.Module]:
    return [nn.BatchNorm1d(width)] if game.has("batch norm in the critic") else []


def _constant(module: nn.Module) -> None:
    for parameter in module.parameters():
        nn.init.constant_(parameter, 0.01)


def _conv_generator(game: Game, inputs: int) -> nn.Sequential:
    width = game.g_width
    kernel, extra = (3, 1) if game.has("kernel of 3") else (4, 0)
    return nn.Sequential(
        nn.Linear(inputs, 16 * width),
        nn.Unflatten(1, (width, 4, 4)),
        nn.BatchNorm2d(width), nn.ReLU(),
        nn.ConvTranspose2d(width, width // 2, kernel, 2, 1, extra),
        nn.BatchNorm2d(width // 2), nn.ReLU(),
        nn.ConvTranspose2d(width // 2, CHANNELS[game.data], kernel, 2, 1, extra),
        nn.Tanh(),
    )  # fmt: skip


def _conv_discriminator(game: Game) -> nn.Sequential:
    width = game.d_width
    return nn.Sequential(
        nn.Conv2d(CHANNELS[game.data], width // 2, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width // 2, width, 4, 2, 1),
        nn.BatchNorm2d(width), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(16 * width, 1),
    )  # fmt: skip
