"""The zero-sum game of the first GAN paper."""

from torch.nn.functional import softplus

from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import Objective
from equipoise.objectives.logistic import smoothed_discriminator_loss


def minimax(*, real_target: float = 1.0) -> Objective:
    """Goodfellow et al. 2014, eq. 1 (arXiv:1406.2661). For theory and for showing what saturation does."""
    return Objective(
        name="minimax",
        family="logistic",
        discriminator=smoothed_discriminator_loss(real_target),
        generator=minimax_generator_loss,
        saturates=True,
    )


def minimax_generator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """E[log(1 - s(D(G(z))))]: its slope vanishes as the discriminator grows certain."""
    del real_logits
    return -softplus(fake_logits).mean()
