"""What a recipe knows about a network before it exists: plain frozen values, checked when a network is built."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal, TypeAlias

from equipoise.core.errors import SettingError

Architecture: TypeAlias = Literal["mlp", "dcgan", "resnet"]
Conditioning: TypeAlias = Literal["none", "embedding", "projection"]
GeneratorNormalisation: TypeAlias = Literal["none", "batch"]
DiscriminatorNormalisation: TypeAlias = Literal["none", "batch", "layer", "instance"]
MinibatchLayer: TypeAlias = Literal["none", "stddev", "discrimination"]
Pooling: TypeAlias = Literal["sum", "mean"]

IMAGE_SIZES = (16, 28, 32, 64, 128, 256)
"""Heights (and widths) the convolutional networks can do: doublings of 4, and of 7 for MNIST's 28."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratorSpec:
    """A generator in words. `None` means the architecture's own default.

    `sample_shape` is `(channels, height, width)` for images, `(2,)` for points. `conditioning="embedding"` concatenates
    a `label_dim`-dimensional class vector to the latents; `"projection"` also makes every batch normalisation
    conditional. That alone (`label_dim=0`) starts as no condition at all and is slow to become one:
    docs/conditioning.md.
    `width` counts channels at the last hidden resolution (DCGAN, ResNet); `hidden` lists the hidden sizes of an MLP.
    """

    architecture: Architecture
    sample_shape: tuple[int, ...]
    latent_dim: int
    classes: int = 0
    conditioning: Conditioning = "none"
    width: int | None = None
    hidden: tuple[int, ...] | None = None
    normalisation: GeneratorNormalisation = "batch"
    negative_slope: float | None = None
    attention_at: int | None = None
    label_dim: int = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscriminatorSpec:
    """A discriminator in words. `None` means the architecture's own default.

    `sample_shape` is that of one sample, whatever `packing` says. `conditioning="embedding"` adds a learned label map
    to each image (a label vector to each point), `"projection"` a class-wise inner product at the head. `dropout` is
    for the MLP and the DCGAN, `pooling` for the ResNet: sum as in SNGAN, mean as in WGAN-GP.
    """

    architecture: Architecture
    sample_shape: tuple[int, ...]
    classes: int = 0
    conditioning: Conditioning = "none"
    width: int | None = None
    hidden: tuple[int, ...] | None = None
    normalisation: DiscriminatorNormalisation = "none"
    negative_slope: float | None = None
    attention_at: int | None = None
    dropout: float = 0.0
    minibatch: MinibatchLayer = "none"
    packing: int = 1
    pooling: Pooling = "sum"


Spec: TypeAlias = GeneratorSpec | DiscriminatorSpec


def discriminator_normalisation(*, gradient_penalty: bool, spectral: bool) -> DiscriminatorNormalisation:
    """The normalisation that the rest of the game allows.

    Batch normalisation makes one sample's score depend on its mates, so a per-sample gradient penalty no longer means
    anything (WGAN-GP, arXiv 1704.00028, section 4, "No critic batch normalization"). The layer normalisation that the
    paper recommends instead divides each image's contrast away: on photographs of hands the generator then drifted to
    ever paler images (docs/gallery), so there is none. Spectral normalisation bounds the weights; any learned scale
    would undo it (arXiv 1802.05957).
    """
    return "none" if spectral or gradient_penalty else "batch"


def check_spec(spec: Spec) -> None:
    """Raise SettingError where a spec contradicts itself, whatever its architecture."""
    if not spec.sample_shape or min(spec.sample_shape) < 1:
        raise SettingError(
            f"`sample_shape` is {spec.sample_shape}. Give (channels, height, width), or (2,) for points."
        )
    if (spec.classes > 0) != (spec.conditioning != "none"):
        raise SettingError(
            f"`classes` is {spec.classes} and `conditioning` is {spec.conditioning!r}. A conditional network needs "
            "classes above 0 and conditioning 'embedding' or 'projection'; an unconditional one classes=0 and 'none'."
        )
    if spec.negative_slope is not None and not 0 <= spec.negative_slope < 1:
        raise SettingError(f"`negative_slope` is {spec.negative_slope}. Give 0 for ReLU, or a slope below 1.")
    _check_counts(spec)


def _check_counts(spec: Spec) -> None:
    counts = {"width": spec.width, "hidden": min(spec.hidden) if spec.hidden else None}
    if isinstance(spec, GeneratorSpec):
        counts |= {"latent_dim": spec.latent_dim, "label_dim": spec.label_dim or int(spec.conditioning != "embedding")}
    else:
        counts |= {"packing": spec.packing}
        if not 0 <= spec.dropout < 1:
            raise SettingError(f"`dropout` is {spec.dropout}. Give the share of features to drop, from 0 to below 1.")
    for name, count in counts.items():
        if count is not None and count < 1:
            raise SettingError(f"`{name}` is {count}. Give a positive number.")


def refuse(spec: Spec, names: Sequence[str], *, because: str) -> None:
    """Raise SettingError if any of `names` was set, since `spec.architecture` would silently ignore it."""
    for name in names:
        if getattr(spec, name):
            raise SettingError(f"`{name}` is {getattr(spec, name)!r}, but {because}. Leave it out.")


def ladder(spec: Spec) -> tuple[int, ...]:
    """The resolutions of an image network, from the smallest feature map to the image: 64 gives (4, 8, 16, 32, 64)."""
    shape = spec.sample_shape
    if len(shape) != 3 or shape[1] != shape[2] or shape[1] not in IMAGE_SIZES:
        raise SettingError(
            f"`sample_shape` is {shape}. A {spec.architecture} network makes square images (channels, size, size) "
            f"with size one of {list(IMAGE_SIZES)}: resize the images, or use architecture='mlp'."
        )
    smallest = 7 if shape[1] == 28 else 4
    doublings = (shape[1] // smallest).bit_length()
    return tuple(smallest << step for step in range(doublings))


def check_attention(spec: Spec, available: Sequence[int]) -> None:
    """Raise SettingError if attention is asked for at a resolution where this network has no features."""
    if spec.attention_at is not None and spec.attention_at not in available:
        raise SettingError(
            f"`attention_at` is {spec.attention_at}. This {spec.architecture} has features at {sorted(set(available))}."
        )


def input_channels(spec: DiscriminatorSpec) -> int:
    """Channels a convolutional discriminator sees: those of each sample of a pack, and one label map each if any."""
    return spec.packing * (spec.sample_shape[0] + (spec.conditioning == "embedding"))


def label_vector_size(spec: DiscriminatorSpec) -> int:
    """Size of the label vector an MLP discriminator is shown: that of the sample, as the seeds do, but 50 at least."""
    return max(prod(spec.sample_shape), 50)
