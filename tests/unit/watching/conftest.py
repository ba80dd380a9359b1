"""Plain training loops as people write them, which know nothing of the watch, and mistakes to plant in them.

They are in the manner of a course page: a vanilla GAN of probabilities, a WGAN-GP, a conditional GAN, all on digits.
Each takes the names of the mistakes it shall make.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from equipoise.data.sources.digits import open_digits
from equipoise.watching import Watch, watch

LATENTS, PIXELS, BATCH, CLASSES = 16, 64, 64, 10


@dataclass
class Outcome:
    """What a run leaves behind."""

    watch: Watch | None
    generator: nn.Module
    discriminator: nn.Module
    told: list[str] = field(default_factory=list)


def mlp(sizes: list[int], *, norm: bool = False, dropout: float = 0.0, end: nn.Module | None = None) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes[:-1]):
        layers += [nn.Linear(inputs, outputs), *([nn.BatchNorm1d(outputs)] if norm else []), nn.LeakyReLU(0.2)]
        layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]), *([end] if end else []))


class ConditionalGenerator(nn.Module):
    def __init__(self, *, deaf: bool) -> None:
        super().__init__()
        self.names = nn.Embedding(CLASSES, 8)
        self.net = mlp([LATENTS + 8, 128, 128, PIXELS], norm=True, end=nn.Tanh())
        self.deaf = deaf

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        named = self.names(labels)
        return self.net(torch.cat([z, torch.zeros_like(named) if self.deaf else named], dim=1))


class ConditionalDiscriminator(nn.Module):
    def __init__(self, *, deaf: bool) -> None:
        super().__init__()
        self.names = nn.Embedding(CLASSES, PIXELS)
        self.net = mlp([2 * PIXELS, 128, 128, 1], dropout=0.3, end=nn.Sigmoid())
        self.deaf = deaf

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        named = self.names(labels)
        return self.net(torch.cat([images, torch.zeros_like(named) if self.deaf else named], dim=1))


def digits() -> tuple[Tensor, Tensor]:
    source = open_digits()
    images = torch.stack([torch.from_numpy(source.images[i]).float().reshape(-1) for i in range(len(source.images))])
    return images / images.max() * 2.0 - 1.0, torch.from_numpy(source.numbers)


def adam(module: nn.Module, lr: float, betas: tuple[float, float]) -> torch.optim.Optimizer:
    return torch.optim.Adam(module.parameters(), lr=lr, betas=betas)


def watched(generator: nn.Module, discriminator: nn.Module, outcome: Outcome, options: dict[str, Any] | None) -> None:
    if options is not None:
        options = {"on_finding": lambda finding: outcome.told.append(finding.name), **options}
        outcome.watch = watch(generator, discriminator, **options)


def spoil(g: nn.Module, d: nn.Module, bugs: tuple[str, ...]) -> None:
    if "frozen discriminator" in bugs:
        d.requires_grad_(False)
    if "equal weights" in bugs:
        for weight in g.parameters():
            nn.init.constant_(weight, 0.01)


def vanilla(steps: int, bugs: tuple[str, ...], options: dict[str, Any] | None) -> Outcome:
    """BCE on probabilities with one-sided smoothing; one discriminator step to one of the generator."""
    end = None if "missing sigmoid" in bugs else nn.Sigmoid()
    g = mlp([LATENTS, 128, 128, PIXELS], norm=True, end=nn.Tanh())
    d = mlp([PIXELS, 128, 128, 1], dropout=0.3, end=end)
    fast = 50.0 if "fast discriminator" in bugs else 1.0
    d_opt = adam(d, 2e-4 * fast, (0.5, 0.999))
    g_opt = adam(d if "wrong parameters" in bugs else g, 2e-4, (0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss() if "double sigmoid" in bugs else nn.BCELoss()
    spoil(g, d, bugs)
    images, _ = digits()
    images = (images + 1.0) * 127.5 if "raw data" in bugs else images
    outcome = Outcome(None, g, d)
    watched(g, d, outcome, options)
    for _ in range(steps):
        real = images[torch.randint(len(images), (BATCH,))]
        ones, zeros = torch.full((BATCH, 1), 0.9), torch.zeros(BATCH, 1)
        fake = g(torch.randn(BATCH, LATENTS))
        if "no zero_grad" not in bugs:
            d_opt.zero_grad()
            g_opt.zero_grad()
        judged = fake if "leak" in bugs else fake.detach()
        if "swapped labels" in bugs:
            ones, zeros = zeros, ones
        loss = criterion(d(real), ones) + criterion(d(judged), zeros)
        if loss.requires_grad:
            loss.backward()
        if "sits out when it leads" not in bugs or loss.item() > 1.37:
            d_opt.step()
        if "no zero_grad" not in bugs and "leak" not in bugs:
            g_opt.zero_grad()
        score = d(g(torch.randn(BATCH, LATENTS)))
        criterion(score, torch.zeros(BATCH, 1) if "wrong sign" in bugs else torch.ones(BATCH, 1)).backward()
        g_opt.step()
        if outcome.watch is not None:
            outcome.watch.step()
    return outcome


def penalty(d: nn.Module, real: Tensor, fake: Tensor, bugs: tuple[str, ...]) -> Tensor:
    draw = torch.randn if "normal coefficient" in bugs else torch.rand
    alpha = draw(1, 1) if "one coefficient" in bugs else draw(len(real), 1)
    points = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = d(points)
    (gradient,) = torch.autograd.grad(
        score, points, torch.ones_like(score), create_graph="no create_graph" not in bugs, retain_graph=True
    )
    if "element norm" in bugs:
        return ((gradient.abs() - 1) ** 2).mean()
    if "batch norm of gradient" in bugs:
        return (gradient.norm(2) - 1) ** 2
    return ((gradient.norm(2, dim=1) - 1) ** 2).mean()


def wgan_gp(steps: int, bugs: tuple[str, ...], options: dict[str, Any] | None) -> Outcome:
    """Five critic steps to one of the generator, inside one step of the loop."""
    g = mlp([LATENTS, 128, 128, PIXELS], end=nn.Tanh())
    c = mlp([PIXELS, 128, 128, 1], norm="norm in critic" in bugs, end=nn.Sigmoid() if "sigmoid" in bugs else None)
    slow = 50.0 if "fast generator" in bugs else 1.0
    g_opt, c_opt = adam(g, 1e-4 * slow, (0.0, 0.9)), adam(c, 1e-4, (0.0, 0.9))
    images, _ = digits()
    outcome = Outcome(None, g, c)
    watched(g, c, outcome, options)
    for _ in range(steps):
        for _ in range(5):
            real = images[torch.randint(len(images), (BATCH,))]
            c_opt.zero_grad()
            fake = g(torch.randn(BATCH, LATENTS)).detach()
            loss = c(fake).mean() - c(real).mean()
            term = penalty(c, real, fake, bugs)
            (loss if "forgotten penalty" in bugs else loss + 10.0 * term).backward()
            c_opt.step()
        g_opt.zero_grad()
        score = c(g(torch.randn(BATCH, LATENTS))).mean()
        (score if "wrong sign" in bugs else -score).backward()
        g_opt.step()
        if outcome.watch is not None:
            outcome.watch.step()
    return outcome


def cgan(steps: int, bugs: tuple[str, ...], options: dict[str, Any] | None) -> Outcome:
    """Labels are embedded and joined to the input of either network."""
    g = ConditionalGenerator(deaf="deaf generator" in bugs)
    d = ConditionalDiscriminator(deaf="deaf discriminator" in bugs)
    g_opt = adam(g, 2e-4 * (50.0 if "fast generator" in bugs else 1.0), (0.5, 0.999))
    d_opt = adam(g if "wrong parameters" in bugs else d, 2e-4, (0.5, 0.999))
    criterion = nn.BCELoss()
    images, numbers = digits()
    if "shuffled labels" in bugs:
        numbers = numbers[torch.randperm(len(numbers))]
    outcome = Outcome(None, g, d)
    watched(g, d, outcome, options)
    for _ in range(steps):
        chosen = torch.randint(len(images), (BATCH,))
        real, labels = images[chosen], numbers[chosen]
        ones, zeros = torch.full((BATCH, 1), 0.9), torch.zeros(BATCH, 1)
        if "no zero_grad" not in bugs:
            d_opt.zero_grad()
        fake = g(torch.randn(BATCH, LATENTS), labels).detach()
        if "swapped labels" in bugs:
            ones, zeros = zeros, ones
        (criterion(d(real, labels), ones) + criterion(d(fake, labels), zeros)).backward()
        d_opt.step()
        g_opt.zero_grad()
        asked = torch.randint(0, CLASSES, (BATCH,))
        score = d(g(torch.randn(BATCH, LATENTS), asked), asked)
        criterion(score, torch.zeros(BATCH, 1) if "wrong sign" in bugs else torch.ones(BATCH, 1)).backward()
        g_opt.step()
        if outcome.watch is not None:
            outcome.watch.step()
    return outcome


LOOPS: dict[str, Callable[[int, tuple[str, ...], dict[str, Any] | None], Outcome]] = {
    "vanilla": vanilla,
    "wgan_gp": wgan_gp,
    "cgan": cgan,
}
OBJECTIVES = {"vanilla": "gan", "wgan_gp": "wgan-gp", "cgan": "cgan"}
Play = Callable[..., Outcome]


@pytest.fixture
def play() -> Play:
    """`play("vanilla", steps, *bugs, watched=True)`: one run of a loop from a fixed seed."""

    def run(name: str, steps: int, *bugs: str, watched: bool = True, seed: int = 0, **options: Any) -> Outcome:
        torch.manual_seed(seed)
        given = {"objective": OBJECTIVES[name], **options} if watched else None
        return LOOPS[name](steps, bugs, given)

    return run
