"""Least squares GAN: regression of the score on 1 for real and 0 for fake."""

from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import Objective


def least_squares() -> Objective:
    """Mao et al. 2016, eq. 9 (arXiv:1611.04076), with a = 0, b = c = 1 and their factors of a half."""
    return Objective(
        name="least_squares",
        family="least_squares",
        discriminator=least_squares_discriminator_loss,
        generator=least_squares_generator_loss,
    )


def least_squares_discriminator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """E[(D(x) - 1)^2] / 2 + E[D(G(z))^2] / 2; the optimum is p / (p + q)."""
    return 0.5 * (real_logits - 1.0).square().mean() + 0.5 * fake_logits.square().mean()


def least_squares_generator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """E[(D(G(z)) - 1)^2] / 2."""
    del real_logits
    return 0.5 * (fake_logits - 1.0).square().mean()
