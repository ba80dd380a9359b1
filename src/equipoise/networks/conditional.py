"""How labels enter a network: beside its input, inside its normalisation, or at its head."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from equipoise.core.errors import NetworkError
from equipoise.core.types import Features, Labels, LabelWeights, Logits, Samples

PackLabels = Int[Tensor, "batch *pack"]
"""One label a sample `(batch,)`, or one row of labels a pack of samples `(batch, pack)`."""

Activations = Float[Tensor, "batch channels *space"]
"""Hidden features: `(batch, channels)` or `(batch, channels, height, width)`."""


def class_rows(table: Float[Tensor, "classes size"], labels: PackLabels | LabelWeights) -> Float[Tensor, "..."]:
    """The row of each label, or the weighted mean of rows where labels are weights on the classes."""
    return labels @ table if labels.is_floating_point() else table[labels]


class ConditionalLayer(nn.Module, ABC):
    """A hidden layer that is shown the labels beside its features."""

    @abstractmethod
    def forward(self, features: Activations, labels: Labels | LabelWeights | None = None) -> Activations:
        """Features to features; `labels` is None in an unconditional network, weights in a blend of classes."""


class LabelledSequential(ConditionalLayer):
    """A sequence that hands the labels to those of its layers that take them."""

    def __init__(self, layers: Sequence[nn.Module]):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, features: Activations, labels: Labels | LabelWeights | None = None) -> Samples:
        """`(batch, channels, ...)` through every layer in order."""
        for layer in self.layers:
            features = layer(features, labels) if isinstance(layer, ConditionalLayer) else layer(features)
        return features


class ConditionalNorm(ConditionalLayer):
    """Normalise, then scale and shift each channel by numbers of its class, 1 and 0 at first.

    Around a batch normalisation without scale of its own this is conditional batch normalisation (Dumoulin et al. 2017,
    arXiv 1610.07629, eq. 5; for GANs arXiv 1802.05637); around the identity it is a feature-wise affine map (FiLM,
    arXiv 1709.07871), for generators without normalisation. The numbers are no layer, so that neither spectral
    normalisation nor an initialisation changes them. Labels make no difference until the first update.
    """

    def __init__(self, normaliser: nn.Module, *, channels: int, classes: int):
        super().__init__()
        self.normaliser = normaliser
        self.scale = nn.Parameter(torch.ones(classes, channels))
        self.shift = nn.Parameter(torch.zeros(classes, channels))

    def forward(self, features: Activations, labels: Labels | LabelWeights | None = None) -> Activations:
        """`(batch, channels, ...)`, every sample by the row of its label."""
        assert labels is not None, "ComposedGenerator hands labels to every conditional layer"
        shape = (*features.shape[:2], *(1 for _ in features.shape[2:]))
        normalised: Tensor = self.normaliser(features)
        return normalised * class_rows(self.scale, labels).view(shape) + class_rows(self.shift, labels).view(shape)


class LabelVector(nn.Module):
    """Concatenate a learned class vector to flat input: the seeds' way (Mirza and Osindero 2014, arXiv 1411.1784)."""

    def __init__(self, classes: int, size: int):
        super().__init__()
        self.embedding = nn.Embedding(classes, size)

    def forward(self, inputs: Samples, labels: PackLabels | LabelWeights) -> Features:
        """`(batch, ...)` to `(batch, flat + pack * size)`."""
        return torch.cat([inputs.flatten(1), class_rows(self.embedding.weight, labels).flatten(1)], dim=1)


class LabelMap(nn.Module):
    """Concatenate a learned class image to images as one more channel; a pack gets one map for each of its samples."""

    def __init__(self, classes: int, size: int):
        super().__init__()
        self.embedding = nn.Embedding(classes, size * size)

    def forward(self, images: Samples, labels: PackLabels) -> Activations:
        """`(batch, channels, size, size)` to `(batch, channels + pack, size, size)`."""
        maps = self.embedding(labels).view(len(images), -1, *images.shape[2:])
        return torch.cat([images, maps], dim=1)


class Head(nn.Module):
    """Features to logits: psi(f) + <v_y, f>, the second term only where `classes` is above 0.

    The projection discriminator (Miyato and Koyama 2018, arXiv 1802.05637, eq. 3), with the class vectors v as rows of
    one matrix. A pack of samples meets the mean of its labels' vectors.
    """

    def __init__(self, features: int, *, classes: int = 0, bias: bool = True):
        super().__init__()
        self.score = nn.Linear(features, 1, bias=bias)
        self.by_class = nn.Linear(features, classes, bias=False) if classes else None

    def forward(self, features: Features, labels: PackLabels | None = None) -> Logits:
        """`(batch, features)` to `(batch,)`, never squashed."""
        logits: Tensor = self.score(features).squeeze(1)
        if self.by_class is None or labels is None:
            return logits
        chosen: Tensor = self.by_class(features).gather(1, labels.reshape(len(features), -1))
        return logits + chosen.mean(dim=1)


def checked_labels(
    labels: PackLabels | LabelWeights | None, *, classes: int, name: str
) -> PackLabels | LabelWeights | None:
    """Labels as int64; weights on classes as they are.

    Raises:
        NetworkError: a conditional network gets none, or an unconditional one gets some.
    """
    if classes and labels is None:
        raise NetworkError(
            f"This {name} is conditional ({classes} classes), but was called without labels. Pass labels."
        )
    if not classes and labels is not None:
        raise NetworkError(
            f"This {name} is unconditional, but was called with labels. Build it with classes, or pass none."
        )
    return labels if labels is None or labels.is_floating_point() else labels.long()
