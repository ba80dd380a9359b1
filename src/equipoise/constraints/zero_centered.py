"""Zero-centred gradient penalties: they flatten the discriminator where the data, or the samples, lie."""

from dataclasses import dataclass

import torch

from equipoise.constraints.input_gradient import ScoreGradients, gradient_norms, score_gradients
from equipoise.constraints.penalty import PenaltyReading
from equipoise.core.types import Samples, ScoreFunction


@dataclass(frozen=True, kw_only=True, slots=True)
class R1:
    """|grad D(x)|^2 / 2 at real samples (Mescheder et al. 2018, eq. 9, arXiv:1801.04406).

    The half is part of the value, as in the paper, so `weight` is their gamma (10 there; StyleGAN scales it with
    the number of pixels).
    """

    @property
    def name(self) -> str:
        """The key in `CONSTRAINTS`."""
        return "r1"

    def __call__(self, score: ScoreFunction, *, real: Samples, fake: Samples, rng: torch.Generator) -> PenaltyReading:
        """Measure the score's gradient at `real`. Neither `fake` nor `rng` is used."""
        return _half_squared_norm(score_gradients(score, real))


@dataclass(frozen=True, kw_only=True, slots=True)
class R2:
    """|grad D(G(z))|^2 / 2 at generated samples (Mescheder et al. 2018, eq. 10, arXiv:1801.04406).

    Beside R1 in Huang et al. 2025 (arXiv:2501.05441). The half is part of the value.
    """

    @property
    def name(self) -> str:
        """The key in `CONSTRAINTS`."""
        return "r2"

    def __call__(self, score: ScoreFunction, *, real: Samples, fake: Samples, rng: torch.Generator) -> PenaltyReading:
        """Measure the score's gradient at `fake`. Neither `real` nor `rng` is used."""
        return _half_squared_norm(score_gradients(score, fake))


def _half_squared_norm(gradients: ScoreGradients) -> PenaltyReading:
    return PenaltyReading(values=0.5 * gradients.square().sum(dim=1), gradient_norms=gradient_norms(gradients.detach()))
