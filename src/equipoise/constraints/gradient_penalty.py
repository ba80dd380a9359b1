"""Gradient penalty between real and fake: the Lipschitz constraint of WGAN-GP and WGAN-LP."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

import torch
from torch.nn.functional import relu

from equipoise.constraints.input_gradient import gradient_norms, score_gradients
from equipoise.constraints.penalty import PenaltyReading
from equipoise.core.errors import SettingError
from equipoise.core.types import Samples, ScoreFunction


@dataclass(frozen=True, kw_only=True, slots=True)
class GradientPenalty:
    """(|grad D| - target)^2 on straight lines between pairs of real and fake samples.

    Two-sided: Gulrajani et al. 2017, eq. 3 (arXiv:1704.00028). One-sided, where only norms above `target` count:
    WGAN-LP, Petzka et al. 2017 (arXiv:1709.08894). The usual weight is 10. Not for a discriminator with batch
    normalisation.
    """

    target: float = 1.0
    sided: Literal["two", "one"] = "two"

    def __post_init__(self) -> None:
        """Refuse settings that cannot work."""
        if not (isfinite(self.target) and self.target >= 0.0):
            raise SettingError(f"`target` is {self.target}, but must be finite and at least 0.")
        if self.sided not in ("two", "one"):
            raise SettingError(f"`sided` is {self.sided!r}, but must be 'two' or 'one'.")

    @property
    def name(self) -> str:
        """The key in `CONSTRAINTS`."""
        return "gradient_penalty" if self.sided == "two" else "one_sided_gradient_penalty"

    def __call__(self, score: ScoreFunction, *, real: Samples, fake: Samples, rng: torch.Generator) -> PenaltyReading:
        """Measure the score's gradient at one random point between each real sample and its fake."""
        norms = gradient_norms(score_gradients(score, interpolates(real, fake, rng)))
        excess = norms - self.target
        if self.sided == "one":
            excess = relu(excess)
        return PenaltyReading(values=excess.square(), gradient_norms=norms.detach())


def interpolates(real: Samples, fake: Samples, rng: torch.Generator) -> Samples:
    """`e * real + (1 - e) * fake`, with `e` uniform on [0, 1), one a sample, drawn on the device of `rng`."""
    if real.shape != fake.shape:
        raise SettingError(
            f"A gradient penalty pairs real with fake samples, but their shapes are {tuple(real.shape)} and "
            f"{tuple(fake.shape)}. Give as many fakes as reals, of the same shape."
        )
    coefficients = torch.rand(len(real), *[1] * (real.ndim - 1), generator=rng, device=rng.device).to(real.device)
    return coefficients * real.detach() + (1.0 - coefficients) * fake.detach()
