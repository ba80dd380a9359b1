"""DRAGAN: unit gradients in a neighbourhood of the data."""

from dataclasses import dataclass
from math import isfinite

import torch

from equipoise.constraints.input_gradient import gradient_norms, score_gradients
from equipoise.constraints.penalty import PenaltyReading
from equipoise.core.errors import SettingError
from equipoise.core.exchange import moments_over_processes
from equipoise.core.types import Samples, ScoreFunction


@dataclass(frozen=True, kw_only=True, slots=True)
class Dragan:
    """(|grad D| - target)^2 near real samples (Kodali et al. 2017, arXiv:1705.07215).

    The paper perturbs with normal noise and leaves its size open. Here, as in most published code, the noise is uniform
    on [0, 1), one number a value, times `spread` times the standard deviation of the whole real batch.
    """

    target: float = 1.0
    spread: float = 0.5

    def __post_init__(self) -> None:
        """Refuse settings that cannot work."""
        for setting, value in (("target", self.target), ("spread", self.spread)):
            if not (isfinite(value) and value >= 0.0):
                raise SettingError(f"`{setting}` is {value}, but must be finite and at least 0.")

    @property
    def name(self) -> str:
        """The key in `CONSTRAINTS`."""
        return "dragan"

    def __call__(self, score: ScoreFunction, *, real: Samples, fake: Samples, rng: torch.Generator) -> PenaltyReading:
        """Measure the score's gradient beside each real sample. `fake` is not used."""
        norms = gradient_norms(score_gradients(score, perturbed(real, self.spread, rng)))
        return PenaltyReading(values=(norms - self.target).square(), gradient_norms=norms.detach())


def perturbed(real: Samples, spread: float, rng: torch.Generator) -> Samples:
    """`real + spread * std * u`: `std` of all values of the batch (over n, so one value has 0), `u` on [0, 1).

    The batch is that of all processes together, where there are several.
    """
    real = real.detach()
    local_variance, local_mean = torch.var_mean(real, correction=0)
    _, variance = moments_over_processes(local_mean, local_variance)
    noise = torch.rand(real.shape, generator=rng, device=rng.device).to(real.device)
    return real + spread * variance.sqrt() * noise
