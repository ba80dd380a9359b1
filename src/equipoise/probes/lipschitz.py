"""How steep the discriminator is between real and fake."""

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from equipoise.constraints import gradient_norms, interpolates, score_gradients
from equipoise.core.types import PerSample, Samples, Scalar, ScoreFunction
from equipoise.probes.opponents import Measured


def slopes(score: ScoreFunction, *, real: Samples, fake: Samples, rng: torch.Generator) -> PerSample:
    """Gradient norms of the score, each at one random point between a real sample and its fake."""
    return gradient_norms(score_gradients(score, interpolates(real, fake, rng))).detach()


def slope_signals(norms: PerSample) -> Measured:
    """`lipschitz/...` of such norms; a penalty of target 1 holds their mean near 1, softly and a little above."""
    return {
        "lipschitz/mean": norms.mean(),
        "lipschitz/spread": norms.std(correction=0),
        "lipschitz/q95": norms.quantile(0.95),
        "lipschitz/largest": norms.max(),
    }


def empirical_lipschitz(
    real_scores: Float[Tensor, " reals"],
    fake_scores: Float[Tensor, " fakes"],
    distances: Float64[Tensor, "reals fakes"],
) -> Scalar:
    """The 99 % quantile of |D(x) - D(G(z))| / |x - G(z)| over all pairs: a lower bound of the Lipschitz constant."""
    differences = (real_scores[:, None] - fake_scores[None, :]).abs()
    steepness = (differences / distances.clamp_min(torch.finfo(distances.dtype).tiny)).flatten()
    return steepness.kthvalue(max(1, round(0.99 * len(steepness)))).values


def normalised_estimate(
    real_scores: Float[Tensor, " reals"], fake_scores: Float[Tensor, " fakes"], norms: PerSample, spread: Scalar
) -> Scalar:
    """E[D(x)] - E[D(G(z))] over the steepest slope times the mean distance between reals.

    So it means the same for critics of any scale: about 0 for equals, at most about 1 for sets a spread apart.
    """
    return (real_scores.mean() - fake_scores.mean()) / (norms.max() * spread).clamp_min(1e-12)
