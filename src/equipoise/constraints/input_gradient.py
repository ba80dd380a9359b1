"""The gradient of a score with respect to the samples it scores: what every gradient penalty is made of."""

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.core.errors import NetworkError
from equipoise.core.types import PerSample, Samples, ScoreFunction

ScoreGradients = Float[Tensor, "scores values"]
"""One row a score: the gradient with respect to all values of the samples that the score reads."""


def score_gradients(score: ScoreFunction, samples: Samples) -> ScoreGradients:
    """Gradient of each score, differentiable once more, in float32 even under mixed precision.

    `samples` are copied out of any graph and stay as they were. The score must be able to run in float32, that is, its
    weights must lie in float32; float64 samples stay float64. It must be twice differentiable: no compiled module and
    no fused attention. A score may read several consecutive samples (packing); then one row spans all of them.
    The rows are true per-score gradients only if no sample changes another's score (batch normalisation does).

    Raises:
        NetworkError: the scores do not depend on the samples, or do not divide them into equal packs.
    """
    samples = _full_precision(samples.detach()).requires_grad_()
    with torch.autocast(samples.device.type, enabled=False):
        scores = score(samples)
        if not scores.requires_grad:
            raise NetworkError(
                "The discriminator's scores carry no gradient: they are detached or were made in no_grad."
            )
        _check_packs(len(samples), len(scores))
        (gradient,) = torch.autograd.grad(scores.sum(), samples, create_graph=True, allow_unused=True)
    if gradient is None:
        raise NetworkError("The discriminator's scores do not depend on its samples, so no penalty can tame them.")
    return gradient.reshape(len(scores), -1)


def gradient_norms(gradients: ScoreGradients) -> PerSample:
    """Euclidean norm over all values, exact everywhere, with subgradient 0 at 0.

    `vector_norm` defines its own backward there, so no epsilon is needed: one inside the root would bias every norm.
    """
    norms: PerSample = torch.linalg.vector_norm(gradients, dim=1)
    return norms


def _full_precision(samples: Samples) -> Samples:
    """A copy, so that `requires_grad_` never touches what the caller holds."""
    return samples.clone() if samples.dtype == torch.float64 else samples.to(torch.float32, copy=True)


def _check_packs(samples: int, scores: int) -> None:
    if scores == 0 or samples % scores != 0:
        raise NetworkError(
            f"The discriminator gave {scores} scores for {samples} samples; packs must be of equal size."
        )
