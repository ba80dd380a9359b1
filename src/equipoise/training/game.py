"""The rules in force: everything that varies between one GAN and the next."""

from dataclasses import dataclass
from typing import Literal

from equipoise.constraints import PenaltyTerm
from equipoise.core.errors import SettingError
from equipoise.objectives import Objective

Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Game:
    """Frozen, so that nobody changes the rules unseen: a change is a new `Game`, bound in the loop.

    `clip_bound` clamps every weight of the discriminator after each of its steps (WGAN, arXiv 1701.07875, algorithm 1).
    `mode_seeking_weight` weighs the generator's diversity term (MSGAN, arXiv 1903.05628).
    `d_steps` is the number of discriminator updates for each one of the generator (n_critic).
    `micro_batches` splits a batch so that it fits into memory; the gradients are those of the whole batch, except
    through layers that mix samples (batch normalisation, minibatch layers), which see one micro-batch at a time.
    """

    objective: Objective
    latent_dim: int
    penalties: tuple[PenaltyTerm, ...] = ()
    clip_bound: float | None = None
    mode_seeking_weight: float = 0.0
    d_steps: int = 1
    micro_batches: int = 1
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        for name in ("latent_dim", "d_steps", "micro_batches"):
            if getattr(self, name) < 1:
                raise SettingError(f"`{name}` is {getattr(self, name)}; it counts something and must be at least 1.")
        if self.mode_seeking_weight < 0:
            raise SettingError(
                f"`mode_seeking_weight` is {self.mode_seeking_weight}; a negative weight would reward collapse. "
                "Use 0 to leave the term out."
            )
