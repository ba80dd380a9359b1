"""The loops that people copy, in the order of work of a course page: every habit that costs time is kept.

Generated images are made with a graph, which the WGAN-GP loop does not detach (the order of work of PyTorch-GAN's
`wgan_gp.py`: the critic's loss fills the generator's gradients too, and nobody uses them); real and fake are scored
apart, the generator's step also fills the discriminator's gradients, each step reads its losses, and Adam is PyTorch's
default one.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True, slots=True)
class Textbook:
    """Both networks, their optimisers, and the numbers of the course page."""

    generator: nn.Module
    discriminator: nn.Module
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    latent_dim: int
    critic_steps: int = 5
    penalty_weight: float = 10.0

    def gan_cycle(self, real: Tensor) -> tuple[float, ...]:
        """One step of either player on binary cross-entropy."""
        criterion, count = nn.BCELoss(), len(real)
        self.d_optimizer.zero_grad()
        real_output = torch.sigmoid(self.discriminator(real))
        d_loss_real = criterion(real_output, torch.full_like(real_output, 0.9))
        fake = self.generator(self._noise(real)).detach()
        fake_output = torch.sigmoid(self.discriminator(fake))
        d_loss = d_loss_real + criterion(fake_output, torch.zeros_like(fake_output))
        d_loss.backward()
        self.d_optimizer.step()

        self.g_optimizer.zero_grad()
        output = torch.sigmoid(self.discriminator(self.generator(self._noise(real))))
        g_loss = criterion(output, torch.ones(count, device=real.device).view_as(output))
        g_loss.backward()
        self.g_optimizer.step()
        return d_loss.item(), g_loss.item(), real_output.mean().item(), output.mean().item()

    def wgan_gp_cycle(self, real: Tensor) -> tuple[float, ...]:
        """`critic_steps` of the critic with gradient penalty, one of the generator."""
        for _ in range(self.critic_steps):
            self.d_optimizer.zero_grad()
            fake = self.generator(self._noise(real))
            d_loss = self.discriminator(fake).mean() - self.discriminator(real).mean()
            penalty = self._gradient_penalty(real, fake.detach())
            (d_loss + self.penalty_weight * penalty).backward()
            self.d_optimizer.step()

        self.g_optimizer.zero_grad()
        g_loss = -self.discriminator(self.generator(self._noise(real))).mean()
        g_loss.backward()
        self.g_optimizer.step()
        return d_loss.item(), g_loss.item(), penalty.item()

    def _noise(self, real: Tensor) -> Tensor:
        return torch.randn(len(real), self.latent_dim, device=real.device)

    def _gradient_penalty(self, real: Tensor, fake: Tensor) -> Tensor:
        alpha = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
        interpolated = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
        output = self.discriminator(interpolated)
        (gradients,) = torch.autograd.grad(
            outputs=output,
            inputs=interpolated,
            grad_outputs=torch.ones_like(output),
            create_graph=True,
            retain_graph=True,
        )
        return ((gradients.flatten(1).norm(2, dim=1) - 1) ** 2).mean()
