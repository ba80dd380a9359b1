"""The logistic game with the generator's loss turned so that it never stops learning."""

from torch.nn.functional import softplus

from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import Objective
from equipoise.objectives.logistic import smoothed_discriminator_loss


def non_saturating(*, real_target: float = 1.0) -> Objective:
    """Goodfellow et al. 2014, section 3, last paragraph (arXiv:1406.2661)."""
    return Objective(
        name="non_saturating",
        family="logistic",
        discriminator=smoothed_discriminator_loss(real_target),
        generator=non_saturating_generator_loss,
    )


def non_saturating_generator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """-E[log s(D(G(z)))]: its slope tends to -1, not 0, as the discriminator grows certain."""
    del real_logits
    return softplus(-fake_logits).mean()
