"""The small choices every architecture makes: activation and normalisation."""

from torch import nn

from equipoise.core.errors import SettingError
from equipoise.networks.conditional import ConditionalNorm
from equipoise.networks.spec import DiscriminatorSpec, GeneratorSpec, Spec


def activation(spec: Spec, *, default: float) -> nn.Module:
    """ReLU where the slope is 0, else leaky ReLU. Never in place, so a second derivative finds what it needs."""
    slope = default if spec.negative_slope is None else spec.negative_slope
    return nn.LeakyReLU(slope) if slope else nn.ReLU()


def generator_norm(spec: GeneratorSpec, channels: int, *, flat: bool = False) -> list[nn.Module]:
    """What follows a hidden layer of a generator: batch normalisation, its conditional form, or nothing.

    Under `conditioning="projection"` a generator without normalisation still scales and shifts by class.
    """
    conditional = spec.conditioning == "projection"
    if spec.normalisation == "none":
        return [ConditionalNorm(nn.Identity(), channels=channels, classes=spec.classes)] if conditional else []
    batch_norm = nn.BatchNorm1d if flat else nn.BatchNorm2d
    norm = batch_norm(channels, affine=not conditional)
    return [ConditionalNorm(norm, channels=channels, classes=spec.classes)] if conditional else [norm]


def discriminator_norm(spec: DiscriminatorSpec, channels: int, *, flat: bool = False) -> list[nn.Module]:
    """What follows a hidden layer of a discriminator, its first layer excepted.

    `layer` normalises each sample over channels and positions (arXiv 1607.06450), `instance` each channel of a sample.
    """
    match spec.normalisation:
        case "none":
            return []
        case "batch":
            return [nn.BatchNorm1d(channels) if flat else nn.BatchNorm2d(channels)]
        case "layer":
            return [nn.LayerNorm(channels) if flat else nn.GroupNorm(1, channels)]
        case "instance" if not flat:
            return [nn.InstanceNorm2d(channels, affine=True)]
    raise SettingError(
        "`normalisation` is 'instance', but an mlp has one value a feature. Use 'layer', 'batch' or 'none'."
    )
