"""The residual pair of WGAN-GP (arXiv 1704.00028, appendix F) and SNGAN (arXiv 1802.05957, appendix B.4).

Up to 32 pixels every block has `width` channels (128; SNGAN's CIFAR generator has 256) and the discriminator halves
twice, then goes on with two blocks at that size. From 64 on channels double away from the image, from `width` (64) up
to sixteen times, and one block follows the last halving. The discriminator's features are pooled by sum (SNGAN) or,
with `pooling="mean"`, by mean (WGAN-GP).
"""

from itertools import pairwise

from torch import Tensor, nn

from equipoise.core.types import Features, Images, Labels, Samples
from equipoise.networks.attention import attention_at
from equipoise.networks.compose import (
    ComposedDiscriminator,
    ComposedGenerator,
    compose_discriminator,
    compose_generator,
    input_size,
)
from equipoise.networks.conditional import ConditionalLayer, LabelledSequential
from equipoise.networks.layers import activation, discriminator_norm, generator_norm
from equipoise.networks.packing import Packed
from equipoise.networks.spec import (
    DiscriminatorSpec,
    GeneratorSpec,
    Pooling,
    Spec,
    check_attention,
    check_spec,
    input_channels,
    ladder,
    refuse,
)

SMALL = 32
LARGEST_FACTOR = 16


class Residual(ConditionalLayer):
    """The sum of a main path and a shortcut."""

    def __init__(self, main: LabelledSequential, shortcut: nn.Module):
        super().__init__()
        self.main = main
        self.shortcut = shortcut

    def forward(self, features: Images, labels: Labels | None = None) -> Samples:
        """`(batch, channels, height, width)`; channels and size may change."""
        summed: Tensor = self.main(features, labels) + self.shortcut(features)
        return summed


class GlobalPool(nn.Module):
    """One number a channel: the sum or the mean over all positions."""

    def __init__(self, pooling: Pooling):
        super().__init__()
        self.pooling = pooling

    def forward(self, features: Images) -> Features:
        """`(batch, channels, height, width)` to `(batch, channels)`."""
        return features.sum(dim=(2, 3)) if self.pooling == "sum" else features.mean(dim=(2, 3))


def resnet_generator(spec: GeneratorSpec) -> ComposedGenerator:
    """A dense layer to the smallest feature map, a nearest-neighbour upsampling block each doubling, tanh."""
    resolutions = _checked_ladder(spec)
    check_attention(spec, resolutions)
    size = resolutions[-1]
    channels = [_channels(spec, size // resolution) for resolution in resolutions]
    start = resolutions[0]
    layers: list[nn.Module] = [
        nn.Linear(input_size(spec), channels[0] * start**2),
        nn.Unflatten(1, (channels[0], start, start)),
        *attention_at(spec, start, channels[0]),
    ]
    for resolution, (before, after) in zip(resolutions[1:], pairwise(channels), strict=True):
        layers += [_up_block(spec, before, after), *attention_at(spec, resolution, after)]
    layers += [*generator_norm(spec, channels[-1]), activation(spec, default=0.0)]
    layers += [nn.Conv2d(channels[-1], spec.sample_shape[0], 3, padding=1), nn.Tanh()]
    return compose_generator(spec, LabelledSequential(layers))


def resnet_discriminator(spec: DiscriminatorSpec) -> ComposedDiscriminator | Packed:
    """Residual blocks with average pooling; the first, on raw pixels, neither activates nor normalises its input."""
    sizes = _checked_ladder(spec)
    refuse(spec, ("dropout",), because="the resnet of the papers has none")
    resolutions = _down_resolutions(sizes)
    check_attention(spec, resolutions)
    channels = [_channels(spec, sizes[-1] // 2 // resolution) for resolution in resolutions]
    layers: list[nn.Module] = [_first_block(spec, channels[0]), *attention_at(spec, resolutions[0], channels[0])]
    for (above, resolution), (before, after) in zip(pairwise(resolutions), pairwise(channels), strict=True):
        layers.append(_down_block(spec, before, after, halve=resolution < above))
        layers += attention_at(spec, resolution, after) if resolution < above else []
    trunk = nn.Sequential(*layers, activation(spec, default=0.0), GlobalPool(spec.pooling))
    return compose_discriminator(spec, trunk, features=channels[-1], head_bias=True)


def _checked_ladder(spec: Spec) -> tuple[int, ...]:
    check_spec(spec)
    refuse(spec, ("hidden",), because="the sizes of a resnet follow from `width`")
    return ladder(spec)


def _channels(spec: Spec, factor: int) -> int:
    if spec.sample_shape[1] <= SMALL:
        return spec.width or 128
    return (spec.width or 64) * min(factor, LARGEST_FACTOR)


def _down_resolutions(sizes: tuple[int, ...]) -> list[int]:
    """The resolution after each block of the discriminator; a repeated one is a block that does not halve."""
    below = list(reversed(sizes[:-1]))
    return [below[0], below[1], below[1], below[1]] if sizes[-1] <= SMALL else [*below, below[-1]]


def _up_block(spec: GeneratorSpec, before: int, after: int) -> Residual:
    """Normalise, activate, double, convolve; normalise, activate, convolve; the shortcut doubles and maps 1x1."""
    main = LabelledSequential(
        [
            *generator_norm(spec, before),
            activation(spec, default=0.0),
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.Conv2d(before, after, 3, padding=1, bias=spec.normalisation == "none"),
            *generator_norm(spec, after),
            activation(spec, default=0.0),
            nn.Conv2d(after, after, 3, padding=1),
        ]
    )
    return Residual(main, nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(before, after, 1)))


def _first_block(spec: DiscriminatorSpec, after: int) -> Residual:
    """Convolve, activate, convolve, halve; the shortcut halves first, which is cheaper and the same."""
    channels = input_channels(spec)
    main = LabelledSequential(
        [
            nn.Conv2d(channels, after, 3, padding=1),
            activation(spec, default=0.0),
            nn.Conv2d(after, after, 3, padding=1),
            nn.AvgPool2d(2),
        ]
    )
    return Residual(main, nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(channels, after, 1)))


def _down_block(spec: DiscriminatorSpec, before: int, after: int, *, halve: bool) -> Residual:
    """Twice normalise, activate, convolve; then maybe halve. The shortcut is the identity where nothing changes."""
    pool: list[nn.Module] = [nn.AvgPool2d(2)] if halve else []
    main = LabelledSequential(
        [
            *discriminator_norm(spec, before),
            activation(spec, default=0.0),
            nn.Conv2d(before, before, 3, padding=1, bias=spec.normalisation == "none"),
            *discriminator_norm(spec, before),
            activation(spec, default=0.0),
            nn.Conv2d(before, after, 3, padding=1),
            *pool,
        ]
    )
    changes = halve or before != after
    return Residual(main, nn.Sequential(nn.Conv2d(before, after, 1), *pool) if changes else nn.Identity())
