"""Generators and discriminators, what can be put into any of them, and what is demanded of your own."""

from equipoise.networks.attention import SelfAttention
from equipoise.networks.build import DISCRIMINATORS, GENERATORS, build_discriminator, build_generator
from equipoise.networks.contract import NetworkReport, check_discriminator, check_generator
from equipoise.networks.initialise import INITIALISATIONS, initialise
from equipoise.networks.minibatch import MinibatchDiscrimination, MinibatchStddev
from equipoise.networks.packing import Packed
from equipoise.networks.spec import IMAGE_SIZES, DiscriminatorSpec, GeneratorSpec, discriminator_normalisation
from equipoise.networks.synchronised import SynchronisedBatchNorm, synchronised

__all__ = [
    "DISCRIMINATORS",
    "GENERATORS",
    "IMAGE_SIZES",
    "INITIALISATIONS",
    "DiscriminatorSpec",
    "GeneratorSpec",
    "MinibatchDiscrimination",
    "MinibatchStddev",
    "NetworkReport",
    "Packed",
    "SelfAttention",
    "SynchronisedBatchNorm",
    "build_discriminator",
    "build_generator",
    "check_discriminator",
    "check_generator",
    "discriminator_normalisation",
    "initialise",
    "synchronised",
]
