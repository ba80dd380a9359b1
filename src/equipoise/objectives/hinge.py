"""Hinge GAN: the discriminator learns only from samples within its margin."""

from torch.nn.functional import relu

from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import Objective


def hinge() -> Objective:
    """Lim and Ye 2017 (arXiv:1705.02894); as in Miyato et al. 2018, eq. 16 and 17 (arXiv:1802.05957)."""
    return Objective(
        name="hinge",
        family="hinge",
        discriminator=hinge_discriminator_loss,
        generator=hinge_generator_loss,
    )


def hinge_discriminator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]; the optimum is sign(p - q)."""
    return relu(1.0 - real_logits).mean() + relu(1.0 + fake_logits).mean()


def hinge_generator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """-E[D(G(z))], unbounded: without a constraint on the discriminator it has no scale."""
    del real_logits
    return -fake_logits.mean()
