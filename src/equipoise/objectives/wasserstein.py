"""Wasserstein GAN: the discriminator, here a critic, estimates the earth mover's distance."""

from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import Objective


def wasserstein() -> Objective:
    """Arjovsky et al. 2017, eq. 2 (arXiv:1701.07875). Needs a constraint that keeps the critic Lipschitz."""
    return Objective(
        name="wasserstein",
        family="wasserstein",
        discriminator=wasserstein_discriminator_loss,
        generator=wasserstein_generator_loss,
    )


def wasserstein_discriminator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """-(E[D(x)] - E[D(G(z))]): minus the estimate of the distance, so it rises towards 0 as the samples improve."""
    return fake_logits.mean() - real_logits.mean()


def wasserstein_generator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """-E[D(G(z))]. Its absolute value has no meaning: the critic's offset is free."""
    del real_logits
    return -fake_logits.mean()
