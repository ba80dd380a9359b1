"""What a recipe says. Plain frozen data: no class paths, no expressions, printed in full before a run.

`None` and `"auto"` stand for what the data decides; `resolve` replaces them, and `recipe.json` holds none.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

from equipoise.training.game import Precision
from equipoise.training.schedule import Decay

Conditioning = Literal["auto", "none", "embedding", "projection"]
Architecture = Literal["auto", "mlp", "dcgan", "resnet", "own"]
Normalisation = Literal["auto", "none", "batch", "layer", "instance"]

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSettings:
    """What to train on. `source` is whatever `equipoise data` understands."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    source: str = ""
    size: int | None = None
    channels: int | None = None
    fit: Literal["crop", "pad"] = "crop"
    allow_bad_share: float = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectiveSettings:
    """Which loss. `real_target` below 1 is one-sided label smoothing, for the logistic objectives."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: Literal["minimax", "non_saturating", "least_squares", "hinge", "wasserstein", "relativistic"]
    real_target: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PenaltySettings:
    """How strong a penalty is, and how many discriminator updates lie between two of its evaluations."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    weight: float
    every: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ConstraintSettings:
    """What keeps the players tame. Any number of them together."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    gradient_penalty: PenaltySettings | None = None
    one_sided_gradient_penalty: PenaltySettings | None = None
    r1: PenaltySettings | None = None
    r2: PenaltySettings | None = None
    dragan: PenaltySettings | None = None
    weight_clip: float | None = None
    spectral_norm: bool = False
    mode_seeking: float = 0.0


PENALTIES = ("gradient_penalty", "one_sided_gradient_penalty", "r1", "r2", "dragan")


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorSettings:
    """The generator and its optimiser. `width` is the base number of channels, `hidden` an MLP's layer sizes."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    architecture: Architecture = "auto"
    latent_dim: int = 100
    width: int | None = None
    hidden: tuple[int, ...] | None = None
    normalisation: Literal["none", "batch"] = "batch"
    attention_at: int | None = None
    optimizer: Literal["adam", "rmsprop"] = "adam"
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorSettings:
    """The discriminator and its optimiser. `packing` shows it that many samples at once (PacGAN)."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    architecture: Architecture = "auto"
    width: int | None = None
    hidden: tuple[int, ...] | None = None
    normalisation: Normalisation = "auto"
    attention_at: int | None = None
    minibatch: Literal["none", "stddev", "discrimination"] = "none"
    packing: int = 1
    dropout: float = 0.0
    optimizer: Literal["adam", "rmsprop"] = "adam"
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingSettings:
    """How to play. `images` counts real images shown; `seconds` is wall-clock training time; the first one met ends."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    batch_size: int = 64
    d_steps: int = 1
    micro_batches: int = 1
    images: int | None = None
    seconds: float | None = None
    decay: Decay = "constant"
    decay_rate: float = 0.99
    ema_half_life: int = 10_000
    precision: Precision = "float32"
    device: str = "auto"
    seed: int = 0
    read_every: int = 20
    looks: int = 40
    checkpoint_seconds: float = 60.0
    keep_checkpoints: int = 3
    trackers: tuple[str, ...] = ("tensorboard",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Everything that decides a run."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    summary: str = ""
    conditioning: Conditioning = "auto"
    objective: ObjectiveSettings
    constraints: ConstraintSettings = field(default_factory=ConstraintSettings)
    data: DataSettings = field(default_factory=DataSettings)
    generator: GeneratorSettings = field(default_factory=GeneratorSettings)
    discriminator: DiscriminatorSettings = field(default_factory=DiscriminatorSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def penalties(self) -> dict[str, PenaltySettings]:
        """The penalties in force, by name."""
        found = {name: getattr(self.constraints, name) for name in PENALTIES}
        return {name: settings for name, settings in found.items() if settings is not None}
