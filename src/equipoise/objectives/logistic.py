"""The discriminator of the logistic objectives: a classifier of real against fake."""

from functools import partial

from torch.nn.functional import softplus

from equipoise.core.errors import SettingError
from equipoise.core.types import Logits, Scalar
from equipoise.objectives.definition import LogitLoss


def logistic_discriminator_loss(real_logits: Logits, fake_logits: Logits, *, real_target: float) -> Scalar:
    """Cross-entropy in nats, summed over the two halves (Goodfellow et al. 2014, eq. 1, arXiv:1406.2661).

    -a E[log s(D(x))] - (1 - a) E[log(1 - s(D(x)))] - E[log(1 - s(D(G(z))))], s the logistic function, a the
    `real_target`. Only reals are smoothed (Salimans et al. 2016, section 3.4, arXiv:1606.03498): smoothing fakes would
    reward the generator for staying where its samples are. The optimum is log(a p / (q + (1 - a) p)).
    """
    loss = softplus(-real_logits).mean() + softplus(fake_logits).mean()
    if real_target < 1.0:
        loss = loss + (1.0 - real_target) * real_logits.mean()  # softplus(x) = softplus(-x) + x
    return loss


def smoothed_discriminator_loss(real_target: float) -> LogitLoss:
    """`logistic_discriminator_loss` with its target settled. Raises SettingError outside (0.5, 1]."""
    if not 0.5 < real_target <= 1.0:
        raise SettingError(
            f"`real_target` is {real_target}, but must lie in (0.5, 1]: 1 is no smoothing, 0.9 the usual amount."
        )
    return partial(logistic_discriminator_loss, real_target=real_target)
