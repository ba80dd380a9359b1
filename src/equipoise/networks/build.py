"""From a spec to a network: the catalogues, and the two functions a recipe calls."""

from collections.abc import Callable

from torch import nn

from equipoise.core.catalogue import entry
from equipoise.networks.dcgan import dcgan_discriminator, dcgan_generator
from equipoise.networks.mlp import mlp_discriminator, mlp_generator
from equipoise.networks.resnet import resnet_discriminator, resnet_generator
from equipoise.networks.spec import DiscriminatorSpec, GeneratorSpec

GENERATORS: dict[str, Callable[[GeneratorSpec], nn.Module]] = {
    "mlp": mlp_generator,
    "dcgan": dcgan_generator,
    "resnet": resnet_generator,
}
DISCRIMINATORS: dict[str, Callable[[DiscriminatorSpec], nn.Module]] = {
    "mlp": mlp_discriminator,
    "dcgan": dcgan_discriminator,
    "resnet": resnet_discriminator,
}


def build_generator(spec: GeneratorSpec) -> nn.Module:
    """A generator, `(batch, latent_dim)` to `(batch, *sample_shape)`. Raises SettingError if the spec cannot be built.

    Its weights come from torch's global stream until `initialise` draws them from a stream of your own.
    """
    return entry(GENERATORS, spec.architecture, argument="architecture")(spec)


def build_discriminator(spec: DiscriminatorSpec) -> nn.Module:
    """A discriminator, `(batch, *sample_shape)` to `(batch / packing,)`. Raises SettingError as `build_generator`."""
    return entry(DISCRIMINATORS, spec.architecture, argument="architecture")(spec)
