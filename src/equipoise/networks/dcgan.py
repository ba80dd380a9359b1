"""The deep convolutional pair (Radford et al. 2016, arXiv 1511.06434), for images of 16 to 256 pixels and for 28.

Kernel 4, stride 2 throughout: the stride divides the kernel, so no checkerboard comes from uneven overlap. Channels
double from `width` towards the smallest feature map, up to eight times. Layers before a normalisation, the generator's
last layer and the discriminator's first and last have no bias.
"""

from itertools import pairwise

from torch import nn

from equipoise.networks.attention import attention_at
from equipoise.networks.compose import (
    ComposedDiscriminator,
    ComposedGenerator,
    compose_discriminator,
    compose_generator,
    input_size,
)
from equipoise.networks.conditional import LabelledSequential
from equipoise.networks.dropout import Dropout
from equipoise.networks.layers import activation, discriminator_norm, generator_norm
from equipoise.networks.packing import Packed
from equipoise.networks.spec import (
    DiscriminatorSpec,
    GeneratorSpec,
    Spec,
    check_attention,
    check_spec,
    input_channels,
    ladder,
    refuse,
)

DEFAULT_WIDTH = 64
LARGEST_FACTOR = 8


def dcgan_generator(spec: GeneratorSpec) -> ComposedGenerator:
    """A dense layer to the smallest feature map, transposed convolutions with ReLU, tanh at the end."""
    resolutions, channels = _plan(spec)
    bias = spec.normalisation == "none"
    start = resolutions[0]
    layers: list[nn.Module] = [
        nn.Linear(input_size(spec), channels[0] * start**2, bias=bias),
        nn.Unflatten(1, (channels[0], start, start)),
        *_finish(spec, channels[0], start),
    ]
    for resolution, (before, after) in zip(resolutions[1:], pairwise(channels), strict=True):
        layers.append(nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=bias))
        layers += _finish(spec, after, resolution)
    layers += [nn.ConvTranspose2d(channels[-1], spec.sample_shape[0], 4, stride=2, padding=1, bias=False), nn.Tanh()]
    return compose_generator(spec, LabelledSequential(layers))


def dcgan_discriminator(spec: DiscriminatorSpec) -> ComposedDiscriminator | Packed:
    """Strided convolutions with leaky ReLU 0.2 down to the smallest feature map, whose every value is a feature.

    A linear head on these features is the seed's last 4x4 convolution to 1x1, with the same weights.
    """
    resolutions, channels = (list(reversed(plan)) for plan in _plan(spec))
    layers: list[nn.Module] = []
    for depth, (before, after) in enumerate(pairwise([input_channels(spec), *channels])):
        norm = discriminator_norm(spec, after) if depth else []
        bias = depth > 0 and not norm
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1, bias=bias), *norm, activation(spec, default=0.2)]
        layers += [Dropout(spec.dropout)] if spec.dropout else []
        layers += attention_at(spec, resolutions[depth], after)
    trunk = nn.Sequential(*layers, nn.Flatten())
    return compose_discriminator(spec, trunk, features=channels[-1] * resolutions[-1] ** 2, head_bias=False)


def _finish(spec: GeneratorSpec, channels: int, resolution: int) -> list[nn.Module]:
    """Normalisation, activation and maybe attention after one layer of the generator."""
    norm = generator_norm(spec, channels)
    return [*norm, activation(spec, default=0.0), *attention_at(spec, resolution, channels)]


def _plan(spec: Spec) -> tuple[list[int], list[int]]:
    """Resolutions of the feature maps, smallest first, and their channels."""
    check_spec(spec)
    refuse(spec, ("hidden",), because="the sizes of a dcgan follow from `width`")
    *resolutions, size = ladder(spec)
    check_attention(spec, resolutions)
    width = spec.width or DEFAULT_WIDTH
    return resolutions, [width * min(size // 2 // resolution, LARGEST_FACTOR) for resolution in resolutions]
