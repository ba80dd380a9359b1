"""What a recipe says. Plain frozen data: no class paths, no expressions, printed in full before a run.

`"auto"`, and `None` for a size, stand for what the data decides; `resolve` replaces them, all but `training.engine`,
which is chosen on the first batch. Elsewhere `None` means absent, or the architecture's own default.
"""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from equipoise.training.game import Precision
from equipoise.training.manner import Choice
from equipoise.training.schedule import Decay

Conditioning = Literal["auto", "none", "embedding", "projection"]
Architecture = Literal["auto", "mlp", "dcgan", "resnet", "own"]
StopOn = Literal["never", "risk", "harm", "wiring"]
Normalisation = Literal["auto", "none", "batch", "layer", "instance"]
Initialisation = Literal["torch", "he", "he_uniform", "glorot", "dcgan"]

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


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
    """Which loss, by its name in `OBJECTIVES`. `real_target` below 1 is one-sided label smoothing (logistic only)."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    real_target: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PenaltySettings:
    """How strong a penalty of `CONSTRAINTS` is, and every how many discriminator updates it is computed."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    weight: NotNegative
    every: Count = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorSettings:
    """The generator and its optimiser. `width` is the base number of channels, `hidden` an MLP's layer sizes.

    `negative_slope` is that of the leaky ReLU, 0 makes it a ReLU; `initialisation` draws the first weights.
    `mode_seeking` weighs the term that rewards different samples for different latents; 0 leaves it out.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    architecture: Architecture = "auto"
    latent_dim: Count = 100
    width: Count | None = None
    hidden: tuple[Count, ...] | None = None
    negative_slope: Share | None = None
    initialisation: Initialisation | None = None
    normalisation: Literal["none", "batch"] = "batch"
    attention_at: int | None = None
    mode_seeking: NotNegative = 0.0
    optimizer: Literal["adam", "rmsprop"] = "adam"
    learning_rate: Positive = 2e-4
    betas: tuple[Share, Share] = (0.5, 0.999)


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorSettings:
    """The discriminator and its optimiser. `packing` shows it that many samples at once (PacGAN).

    `weight_clip` clamps every weight to +- that number after each of its steps.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    architecture: Architecture = "auto"
    width: Count | None = None
    hidden: tuple[Count, ...] | None = None
    negative_slope: Share | None = None
    initialisation: Initialisation | None = None
    normalisation: Normalisation = "auto"
    attention_at: int | None = None
    minibatch: Literal["none", "stddev", "discrimination"] = "none"
    packing: Count = 1
    dropout: Share = 0.0
    spectral_norm: bool = False
    weight_clip: Positive | None = None
    optimizer: Literal["adam", "rmsprop"] = "adam"
    learning_rate: Positive = 2e-4
    betas: tuple[Share, Share] = (0.5, 0.999)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingSettings:
    """How to play. `images` counts real images shown; `seconds` is wall-clock training time; the first one met ends.

    `read_every` and `probe_every` count generator updates between two readings of what a step shows anyway and between
    two probes of the players; after a probe the doctor is asked, and `stop_on` is what it may end the run for.
    `engine` changes the speed of a run and the rounding of its steps, nothing else; see docs/performance.md.

    `evaluate_every` counts images between two evaluations of `evaluate_samples` samples by the `evaluate_metrics` of
    `equipoise evaluate`; None is never. `evaluate_features` None takes the best that are at hand. `selection` names
    what the best checkpoint is chosen by: a metric that is evaluated, or the `samples/sliced_wasserstein` of the looks;
    None is the first of the metrics, or where none is evaluated that distance. `stop_when_done` ends the run when by
    this measure going on is no longer expected to pay.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    batch_size: Count = 64
    d_steps: Count = 1
    micro_batches: Count = 1
    images: Count | None = None
    seconds: Positive | None = None
    decay: Decay = "constant"
    decay_rate: Positive = 0.99
    ema_half_life: Annotated[int, Field(ge=0)] = 10_000
    precision: Precision = "float32"
    engine: Choice = "auto"
    device: str = "auto"
    seed: int = 0
    read_every: Count = 20
    probe_every: Count = 200
    stop_on: StopOn = "never"
    looks: Count = 40
    evaluate_every: Count | None = None
    evaluate_metrics: tuple[str, ...] = ("fid", "kid", "prdc")
    evaluate_samples: Annotated[int, Field(ge=16)] = 2000
    evaluate_features: str | None = None
    selection: str | None = None
    stop_when_done: bool = False
    checkpoint_seconds: Positive = 60.0
    keep_checkpoints: Count = 3
    trackers: tuple[str, ...] = ("tensorboard",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Everything that decides a run. `constraints` holds the penalties on the discriminator, by name."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    name: str
    summary: str = ""
    conditioning: Conditioning = "auto"
    objective: ObjectiveSettings
    constraints: dict[str, PenaltySettings] = field(default_factory=dict)
    data: DataSettings = field(default_factory=DataSettings)
    generator: GeneratorSettings = field(default_factory=GeneratorSettings)
    discriminator: DiscriminatorSettings = field(default_factory=DiscriminatorSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
