"""Relativistic pairing GAN: a real sample is to look more real than the fake it is paired with."""

from torch.nn.functional import softplus

from equipoise.core.errors import SettingError
from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import Objective


def relativistic() -> Objective:
    """RpGAN: Jolicoeur-Martineau 2018 (arXiv:1807.00734); with R1 and R2, Huang et al. 2025 (arXiv:2501.05441)."""
    return Objective(
        name="relativistic",
        family="relativistic",
        discriminator=relativistic_discriminator_loss,
        generator=relativistic_generator_loss,
        needs_real_in_generator=True,
    )


def relativistic_discriminator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """E[-log s(D(x) - D(G(z)))] over pairs; the optimum is log(p / q) up to a constant, which is free."""
    return _preference_loss(real_logits, fake_logits)


def relativistic_generator_loss(real_logits: Logits, fake_logits: Logits) -> Scalar:
    """E[-log s(D(G(z)) - D(x))] over pairs."""
    return _preference_loss(fake_logits, real_logits)


def _preference_loss(preferred: Logits, other: Logits) -> Scalar:
    """Softplus of the wrong way of each pair; the i-th logits of either side are a pair."""
    if preferred.shape != other.shape:
        raise SettingError(
            f"`relativistic` pairs each real logit with a fake one, but got {len(preferred)} and {len(other)}. "
            "Score as many fakes as reals."
        )
    return softplus(other - preferred).mean()
