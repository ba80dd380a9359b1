"""What can be said of one small game: everything that a healthy variant or a fault may change."""

from dataclasses import dataclass

SIDE = 16
"""Pixels of a picture."""
CHANNELS = {"fashion": 1, "mnist": 1, "cifar": 3, "grocery": 3}
"""The pictures among the data; the others are points in the plane."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Game:
    """Settings of one run, as a user would choose them, and the mistakes that are in the code.

    Rates of 0 mean that the thing is not there. `mistakes` are words that the loop and the networks look for.
    """

    data: str
    objective: str
    network: str = "mlp"
    conditional: bool = False
    rounds: int = 1200
    batch: int = 256
    d_steps: int = 1
    g_steps: int = 1
    g_lr: float = 1e-3
    d_lr: float = 1e-3
    beta1: float = 0.5
    optimizer: str = "adam"
    penalty_weight: float = 0.0
    clip: float = 0.0
    latent_dim: int = 8
    g_width: int = 128
    d_width: int = 128
    d_weight_decay: float = 0.0
    data_size: int = 0
    """Training samples; 0 takes all there are."""
    scale: float = 1.0
    shift: float = 0.0
    """Reals are fed as `scale * x + shift`."""
    real_target: float = 1.0
    target_noise: float = 0.0
    label_noise: float = 0.0
    real_noise: float = 0.0
    drift: float = 0.0
    """How far the reals have turned (points, quarter turns) or been mixed with their mirror image by the end."""
    layer_noise: float = 0.0
    """Noise on one hidden layer of the generator after each round, relative to its weights."""
    rank_decay: float = 0.0
    """What every singular value but the first loses in each round, in the discriminator's hidden layers."""
    mistakes: frozenset[str] = frozenset()

    @property
    def images(self) -> bool:
        """Samples are pictures and not points."""
        return self.data in CHANNELS

    @property
    def values(self) -> int:
        """Numbers in one sample."""
        return CHANNELS[self.data] * SIDE * SIDE if self.images else 2

    @property
    def penalised(self) -> bool:
        """The user means to have a gradient penalty."""
        return self.objective == "wgan-gp"

    def has(self, mistake: str) -> bool:
        """Whether that mistake is in the code."""
        return mistake in self.mistakes


STRUCTURE = (
    "data", "network", "conditional", "batch", "latent_dim", "g_width", "d_width", "optimizer", "data_size", "rounds",
)  # fmt: skip
"""What cannot change in the middle of a run."""
