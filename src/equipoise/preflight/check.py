"""`eq.check`."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn
from torch.optim import Optimizer

from equipoise.core.records import FactValue
from equipoise.objectives import Objective
from equipoise.preflight.latents import Latents
from equipoise.preflight.report import CheckReport
from equipoise.preflight.run import check_setup
from equipoise.preflight.setup import SetUp


def check(  # noqa: PLR0913  (one argument for each part of a set-up that a user may have)
    generator: nn.Module,
    discriminator: nn.Module,
    *,
    data: object,
    objective: str | Objective | None = None,
    loss: Callable[..., object] | None = None,
    generator_loss: Callable[..., object] | None = None,
    discriminator_loss: Callable[..., object] | None = None,
    penalty: Callable[..., object] | None = None,
    penalty_weight: float | int | None = None,
    generator_optimizer: Optimizer | None = None,
    discriminator_optimizer: Optimizer | None = None,
    latents: Latents | None = None,
    labels: Tensor | None = None,
    train_step: Callable[..., object] | None = None,
    facts: Mapping[str, FactValue | int] | None = None,
) -> CheckReport:
    """Test your own GAN before you train it. It leaves no trace: weights, gradients, optimisers, random streams.

    Print what it returns. The more you give, the more is tested; `could_not` tells what was not, and what to give.

    Args:
        generator: Takes latents, or latents and labels.
        discriminator: Takes samples, or samples and labels; returns scores as its loss takes them.
        data: Real samples as the discriminator sees them: a tensor, a pair with labels, a data loader or a dataset.
        objective: What the loss is, such as "wgan-gp", where no losses are given.
        loss: A criterion of scores and targets, such as nn.BCELoss().
        generator_loss: A function of (fake_scores) or (real_scores, fake_scores).
        discriminator_loss: A function of (real_scores, fake_scores).
        penalty: A gradient penalty, a function of (discriminator, real, fake) or however yours is called.
        penalty_weight: What it is multiplied by.
        generator_optimizer: The generator's.
        discriminator_optimizer: The discriminator's.
        latents: Their dimension, a tensor of them, or a function of a count. Inferred where that is possible.
        labels: Those of the batch, where `data` brings none.
        train_step: One round of your loop, a function of (real) or (real, labels).
        facts: More that is known, in the words of docs/facts.md.

    Raises:
        EquipoiseError: something cannot be called; the message names what was tried.
    """
    return check_setup(
        SetUp(
            generator=generator,
            discriminator=discriminator,
            data=data,
            objective=objective,
            loss=loss,
            generator_loss=generator_loss,
            discriminator_loss=discriminator_loss,
            penalty=penalty,
            penalty_weight=penalty_weight,
            generator_optimizer=generator_optimizer,
            discriminator_optimizer=discriminator_optimizer,
            latents=latents,
            labels=labels,
            train_step=train_step,
            facts=facts,
        )
    )
