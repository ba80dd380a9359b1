"""What a penalty is, and how much of it a step adds."""

from dataclasses import dataclass
from math import isfinite
from typing import Protocol, runtime_checkable

import torch

from equipoise.core.errors import SettingError
from equipoise.core.types import PerSample, Samples, Scalar, ScoreFunction


@dataclass(frozen=True, kw_only=True, slots=True)
class PenaltyReading:
    """What a penalty says of one batch, before any weight.

    Attributes:
        values: one a score, with a graph that reaches the discriminator's weights.
        gradient_norms: the norms that the penalty tames, one a score, detached.
    """

    values: PerSample
    gradient_norms: PerSample


@runtime_checkable
class Penalty(Protocol):
    """A formula on the discriminator's score, without weight or timing."""

    @property
    def name(self) -> str:
        """The key in `CONSTRAINTS`."""
        ...

    def __call__(self, score: ScoreFunction, *, real: Samples, fake: Samples, rng: torch.Generator) -> PenaltyReading:
        """Measure `score` on a batch. `real` and `fake` are not altered and get no gradient."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PenaltyTerm:
    """A penalty with its weight and its timing.

    Lazy regularisation (Karras et al. 2020, section 3.1, arXiv:1912.04958): the penalty is computed at every `every`-th
    update only and weighs as much more, so its mean pull stays the same.
    """

    penalty: Penalty
    weight: float
    every: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that cannot work."""
        if not (isfinite(self.weight) and self.weight >= 0.0):
            raise SettingError(f"`weight` of {self.penalty.name} is {self.weight}, but must be finite and at least 0.")
        if self.every < 1:
            raise SettingError(f"`every` of {self.penalty.name} is {self.every}, but must be at least 1 update.")

    def due(self, update: int) -> bool:
        """Whether the discriminator's `update` (counted from 0) computes this penalty."""
        return update % self.every == 0

    @property
    def pull(self) -> float:
        """What multiplies the mean when due: `weight * every`."""
        return self.weight * self.every

    def contribution(self, reading: PenaltyReading) -> Scalar:
        """What is added to the discriminator's loss when due: `pull * mean(values)`."""
        return self.pull * reading.values.mean()
