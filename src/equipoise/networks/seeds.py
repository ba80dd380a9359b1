"""Small, well-known networks by name, each with its parameter count.

They follow a course page and a question-and-answer page whose programs many people start from, with one change: no
discriminator ends in a sigmoid, since losses here take logits. Images are `(batch, 1, 28, 28)` where those use 784.
"""

from torch import nn

from equipoise.networks.build import build_discriminator, build_generator
from equipoise.networks.compose import ComposedGenerator
from equipoise.networks.conditional import LabelledSequential
from equipoise.networks.spec import DiscriminatorSpec, GeneratorSpec

DIGITS = (1, 28, 28)
KERAS_SLOPE = 0.3


def seed_mlp_generator() -> nn.Module:
    """100-256-512-784, leaky ReLU 0.2 then batch normalisation, tanh: 561,168 parameters."""
    return build_generator(GeneratorSpec(architecture="mlp", sample_shape=DIGITS, latent_dim=100))


def seed_mlp_discriminator() -> nn.Module:
    """784-512-256-1, leaky ReLU 0.2, dropout 0.3: 533,505 parameters."""
    return build_discriminator(DiscriminatorSpec(architecture="mlp", sample_shape=DIGITS, dropout=0.3))


def seed_dcgan_generator() -> nn.Module:
    """Latents 100 to 3x64x64 at width 64: 3,576,704 parameters."""
    return build_generator(GeneratorSpec(architecture="dcgan", sample_shape=(3, 64, 64), latent_dim=100))


def seed_dcgan_discriminator() -> nn.Module:
    """3x64x64 to a logit at width 64, with batch normalisation: 2,765,568 parameters."""
    return build_discriminator(DiscriminatorSpec(architecture="dcgan", sample_shape=(3, 64, 64), normalisation="batch"))


def seed_wgan_generator() -> nn.Module:
    """100-256-512-784, ReLU without normalisation, tanh: 559,632 parameters."""
    return build_generator(
        GeneratorSpec(architecture="mlp", sample_shape=DIGITS, latent_dim=100, normalisation="none", negative_slope=0.0)
    )


def seed_wgan_critic() -> nn.Module:
    """784-512-256-1, leaky ReLU 0.2, no dropout: 533,505 parameters."""
    return build_discriminator(DiscriminatorSpec(architecture="mlp", sample_shape=DIGITS))


def seed_conditional_generator(classes: int = 6) -> nn.Module:
    """The MLP generator on latents beside a class vector of 50: 574,268 parameters with 6 classes."""
    return build_generator(
        GeneratorSpec(
            architecture="mlp", sample_shape=DIGITS, latent_dim=100, classes=classes, conditioning="embedding"
        )
    )


def seed_conditional_discriminator(classes: int = 6) -> nn.Module:
    """The MLP discriminator on an image beside a class image: 939,617 parameters with 6 classes."""
    return build_discriminator(
        DiscriminatorSpec(
            architecture="mlp", sample_shape=DIGITS, classes=classes, conditioning="embedding", dropout=0.3
        )
    )


def seed_dense_generator() -> nn.Module:
    """A dense layer to 7x7x256, then 5x5 transposed convolutions to 28x28: 2,305,472 parameters.

    From Keras, hence the slope 0.3 and a batch normalisation over each of the 12,544 dense outputs. The stride 2 does
    not divide the kernel 5: this net shows checkerboards, and is here because many start from it. "Same" padding crops
    one pixel more at the top left, where Keras crops it at the bottom right.
    """
    layers: list[nn.Module] = [
        nn.Linear(100, 7 * 7 * 256, bias=False),
        nn.BatchNorm1d(7 * 7 * 256),
        nn.LeakyReLU(KERAS_SLOPE),
        nn.Unflatten(1, (256, 7, 7)),
    ]
    for before, after, stride in ((256, 128, 1), (128, 64, 2)):
        layers += [_same(before, after, stride), nn.BatchNorm2d(after), nn.LeakyReLU(KERAS_SLOPE)]
    return ComposedGenerator(LabelledSequential([*layers, _same(64, 1, 2), nn.Tanh()]))


def _same(before: int, after: int, stride: int) -> nn.ConvTranspose2d:
    """A 5x5 transposed convolution whose output is `stride` times its input."""
    return nn.ConvTranspose2d(before, after, 5, stride=stride, padding=2, output_padding=stride - 1, bias=False)
