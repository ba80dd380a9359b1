"""The frame that every built network shares: where labels enter, and in a discriminator trunk, batch layer and head."""

from torch import Tensor, nn

from equipoise.core.types import Features, Labels, LabelWeights, Latents, Logits, Samples
from equipoise.networks.conditional import (
    Head,
    LabelledSequential,
    LabelMap,
    LabelVector,
    PackLabels,
    checked_labels,
)
from equipoise.networks.minibatch import MinibatchDiscrimination, MinibatchStddev
from equipoise.networks.packing import Packed
from equipoise.networks.spec import DiscriminatorSpec, GeneratorSpec, label_vector_size


class ComposedGenerator(nn.Module):
    """Latents, beside a class vector if there is one, through a body."""

    def __init__(self, body: LabelledSequential, *, label_input: LabelVector | None = None, classes: int = 0):
        super().__init__()
        self.label_input = label_input
        self.body = body
        self.classes = classes

    def forward(self, latents: Latents, labels: Labels | LabelWeights | None = None) -> Samples:
        """`(batch, latent_dim)` to `(batch, *sample_shape)`; images in [-1, 1]."""
        labels = checked_labels(labels, classes=self.classes, name="generator")
        inputs = latents if self.label_input is None else self.label_input(latents, labels)
        samples: Tensor = self.body(inputs, labels)
        return samples


class ComposedDiscriminator(nn.Module):
    """A trunk (samples to flat features), maybe a layer that compares the batch, and a head (features to logits)."""

    def __init__(
        self,
        trunk: nn.Module,
        head: Head,
        *,
        minibatch: nn.Module | None = None,
        label_input: LabelMap | LabelVector | None = None,
        classes: int = 0,
    ):
        super().__init__()
        self.label_input = label_input
        self.trunk = trunk
        self.minibatch = minibatch
        self.head = head
        self.classes = classes

    def features(self, samples: Samples, labels: PackLabels | None = None) -> Features:
        """`(batch, *sample)` to what the head sees, `(batch, features)`."""
        inputs = samples if self.label_input is None else self.label_input(samples, labels)
        features: Tensor = self.trunk(inputs)
        return features if self.minibatch is None else self.minibatch(features)

    def forward(self, samples: Samples, labels: PackLabels | None = None) -> Logits:
        """`(batch, *sample)` to `(batch,)` logits. Labels are `(batch,)`, or `(batch, pack)` under `Packed`."""
        labels = checked_labels(labels, classes=self.classes, name="discriminator")
        logits: Tensor = self.head(self.features(samples, labels), labels)
        return logits


def compose_generator(spec: GeneratorSpec, body: LabelledSequential) -> ComposedGenerator:
    """Put the label vector, if the spec wants one, before `body`, which takes `input_size(spec)` numbers."""
    label_input = LabelVector(spec.classes, spec.label_dim) if _class_vector_size(spec) else None
    return ComposedGenerator(body, label_input=label_input, classes=spec.classes)


def input_size(spec: GeneratorSpec) -> int:
    """Numbers that enter a generator's body: the latents, and the label vector if any."""
    return spec.latent_dim + _class_vector_size(spec)


def _class_vector_size(spec: GeneratorSpec) -> int:
    return spec.label_dim if spec.conditioning != "none" else 0


def compose_discriminator(
    spec: DiscriminatorSpec, trunk: nn.Module, *, features: int, head_bias: bool
) -> ComposedDiscriminator | Packed:
    """Put what the spec asks for around a trunk with `features` outputs: label input, batch layer, head, packing."""
    minibatch, added = _minibatch_layer(spec, features)
    projected = spec.classes if spec.conditioning == "projection" else 0
    discriminator = ComposedDiscriminator(
        trunk,
        Head(features + added, classes=projected, bias=head_bias),
        minibatch=minibatch,
        label_input=_label_input(spec),
        classes=spec.classes,
    )
    return discriminator if spec.packing == 1 else Packed(discriminator, spec.packing)


def _minibatch_layer(spec: DiscriminatorSpec, features: int) -> tuple[nn.Module | None, int]:
    if spec.minibatch == "stddev":
        return MinibatchStddev(), 1
    if spec.minibatch == "discrimination":
        layer = MinibatchDiscrimination(features)
        return layer, layer.kernels
    return None, 0


def _label_input(spec: DiscriminatorSpec) -> LabelMap | LabelVector | None:
    if spec.conditioning != "embedding":
        return None
    if spec.architecture == "mlp":
        return LabelVector(spec.classes, label_vector_size(spec))
    return LabelMap(spec.classes, spec.sample_shape[-1])
