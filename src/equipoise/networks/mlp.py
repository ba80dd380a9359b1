"""Networks of dense layers, for small images and for points in the plane."""

from itertools import pairwise
from math import prod

from torch import nn

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
from equipoise.networks.spec import DiscriminatorSpec, GeneratorSpec, check_spec, label_vector_size, refuse

NO_IMAGE_LAYERS = "an mlp has no feature maps (its sizes are `hidden`)"


def mlp_generator(spec: GeneratorSpec) -> ComposedGenerator:
    """Dense layers, each with leaky ReLU 0.2 and then its normalisation; tanh for images, nothing for points."""
    check_spec(spec)
    refuse(spec, ("width", "attention_at"), because=NO_IMAGE_LAYERS)
    sizes = (input_size(spec), *(spec.hidden or (256, 512)))
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), activation(spec, default=0.2), *generator_norm(spec, after, flat=True)]
    layers.append(nn.Linear(sizes[-1], prod(spec.sample_shape)))
    if len(spec.sample_shape) > 1:
        layers += [nn.Tanh(), nn.Unflatten(1, spec.sample_shape)]
    return compose_generator(spec, LabelledSequential(layers))


def mlp_discriminator(spec: DiscriminatorSpec) -> ComposedDiscriminator | Packed:
    """Dense layers with leaky ReLU 0.2 and dropout, normalised from the second layer on."""
    check_spec(spec)
    refuse(spec, ("width", "attention_at"), because=NO_IMAGE_LAYERS)
    label_size = label_vector_size(spec) if spec.conditioning == "embedding" else 0
    sizes = (spec.packing * (prod(spec.sample_shape) + label_size), *(spec.hidden or (512, 256)))
    layers: list[nn.Module] = [nn.Flatten()]
    for depth, (before, after) in enumerate(pairwise(sizes)):
        norm = discriminator_norm(spec, after, flat=True) if depth else []
        layers += [nn.Linear(before, after), *norm, activation(spec, default=0.2)]
        layers += [Dropout(spec.dropout)] if spec.dropout else []
    return compose_discriminator(spec, nn.Sequential(*layers), features=sizes[-1], head_bias=True)
