"""A small convolutional classifier whose last hidden layer serves as features where Inception's cannot be had."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from equipoise.core.randomness import derived_seed, seeded_generator
from equipoise.core.types import Images, Samples
from equipoise.evaluation.extractor import Extracted, FeatureExtractor, short

FEATURES = 128
LARGEST = 64
"""Larger images are averaged down to this side: classes are told apart by what is still seen there."""

_SMALLEST = 7
_WIDEST = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierSpec:
    """What decides the network: the images it takes and the classes it tells apart."""

    channels: int
    size: int
    classes: int


class Classifier(nn.Module):
    """Pairs of 3 x 3 convolutions with batch normalisation, halved until 7 pixels or fewer remain; 128 features."""

    def __init__(self, spec: ClassifierSpec, *, seed: int = 0) -> None:
        super().__init__()
        self.spec = spec
        side, inputs, width, layers = min(spec.size, LARGEST), spec.channels, 32, []
        while side > _SMALLEST:
            layers += [nn.Conv2d(inputs, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
            side, inputs, width = side // 2, width, min(2 * width, _WIDEST)
        layers += [nn.Conv2d(inputs, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        self.trunk = nn.Sequential(*layers)
        self.hidden = nn.Linear(width * side * side, FEATURES)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(FEATURES, spec.classes)
        _initialise(self, seed)

    def features(self, images: Images) -> Float[Tensor, "batch 128"]:
        """What the class is read from."""
        seen = F.adaptive_avg_pool2d(images, LARGEST) if self.spec.size > LARGEST else images
        return F.relu(self.hidden(self.trunk(seen).flatten(1)))

    def forward(self, images: Images) -> Float[Tensor, "batch classes"]:
        """Logits."""
        logits: Tensor = self.head(self.dropout(self.features(images)))
        return logits


def classifier_extractor(network: Classifier, *, digest: str, device: torch.device | str = "cpu") -> FeatureExtractor:
    """Its features and probabilities; `digest` is that of its weights."""
    network.to(device).eval().requires_grad_(False)

    @torch.no_grad()
    def extract(samples: Samples) -> Extracted:
        features = network.features(samples.to(device))
        return Extracted(features=features.cpu(), probabilities=network.head(features).softmax(dim=1).cpu())

    spec = network.spec
    averaged = f", averaged to {LARGEST} x {LARGEST}" if spec.size > LARGEST else ""
    return FeatureExtractor(
        name=f"classifier-{short(digest)}",
        digest=digest,
        dimension=FEATURES,
        classes=spec.classes,
        handling=f"{spec.channels} x {spec.size} x {spec.size} in [-1, 1]{averaged}",
        published=False,
        extract=extract,
    )


def _initialise(network: nn.Module, seed: int) -> None:
    """He et al. 2015 (arXiv 1502.01852) from a stream of its own, so that a seed decides the weights."""
    rng = seeded_generator(derived_seed(seed, 1))
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=rng)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
