"""Inception-v3 in the form that FID, KID and the Inception score were published with."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from equipoise.core.types import Samples
from equipoise.evaluation.extractor import Extracted, FeatureExtractor, short
from equipoise.evaluation.inception_blocks import ConvNorm, Mixed8, Mixed17, Mixed35, Reduced8, Reduced17
from equipoise.evaluation.inception_weights import PUBLISHED, InceptionWeights
from equipoise.evaluation.resize import resize_like_tensorflow

FEATURES = 2048
CLASSES = 1008
SIDE = 299
NAME = "inception-v3-tf"
HANDLING = "8-bit RGB (grey repeated), bilinear to 299 x 299 as TensorFlow 1 (no antialias), (level - 128) / 128"


class InceptionV3(nn.Module):
    """The graph inception-2015-12-05: 2048 pooled features and 1008 logits.

    It differs from torchvision's network of that name: means do not count the padding, the last block pools by maximum,
    there are 1008 classes and no auxiliary head. Convolutions are named as in the published weights file.
    """

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = ConvNorm(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = ConvNorm(32, 32, 3)
        self.Conv2d_2b_3x3 = ConvNorm(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = ConvNorm(64, 80, 1)
        self.Conv2d_4a_3x3 = ConvNorm(80, 192, 3)
        self.Mixed_5b = Mixed35(192, pooled=32)
        self.Mixed_5c = Mixed35(256, pooled=64)
        self.Mixed_5d = Mixed35(288, pooled=64)
        self.Mixed_6a = Reduced17(288)
        self.Mixed_6b = Mixed17(768, narrow=128)
        self.Mixed_6c = Mixed17(768, narrow=160)
        self.Mixed_6d = Mixed17(768, narrow=160)
        self.Mixed_6e = Mixed17(768, narrow=192)
        self.Mixed_7a = Reduced8(768)
        self.Mixed_7b = Mixed8(1280, largest=False)
        self.Mixed_7c = Mixed8(2048, largest=True)
        self.fc = nn.Linear(FEATURES, CLASSES)

    def forward(self, x: Float[Tensor, "batch 3 299 299"]) -> Float[Tensor, "batch 2048"]:
        """Features of images that were resized and scaled as `inception_input` does."""
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(F.max_pool2d(x, 3, stride=2)))
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(F.max_pool2d(x, 3, stride=2))))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        features: Tensor = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(x))).mean(dim=(2, 3))
        return features

    def probabilities(self, features: Float[Tensor, "batch 2048"]) -> Float[Tensor, "batch 1008"]:
        """Softmax of the logits *without* their bias, as the code of Salimans et al. 2016 computes the score."""
        return F.linear(features, self.fc.weight).softmax(dim=1)


def inception_input(samples: Samples) -> Float[Tensor, "batch 3 299 299"]:
    """Images in [-1, 1] as the graph sees them: `HANDLING`."""
    levels = ((samples.float() + 1.0) * 127.5).round().clamp(0.0, 255.0)
    colour = levels.expand(-1, 3, -1, -1) if levels.shape[1] == 1 else levels
    return (resize_like_tensorflow(colour, SIDE) - 128.0) / 128.0


def inception_extractor(weights: InceptionWeights, *, device: torch.device | str = "cpu") -> FeatureExtractor:
    """The extractor with `weights`. Its name tells where they are not the published ones.

    Raises:
        SettingError: tensors that do not fit the network.
    """
    network = InceptionV3()
    weights.fill(network)
    network.to(device).eval().requires_grad_(False)

    @torch.no_grad()
    def extract(samples: Samples) -> Extracted:
        features = network(inception_input(samples.to(device)))
        return Extracted(features=features.cpu(), probabilities=network.probabilities(features).cpu())

    published = weights.digest == PUBLISHED.sha256
    return FeatureExtractor(
        name=NAME if published else f"inception-v3-{short(weights.digest)}",
        digest=weights.digest,
        dimension=FEATURES,
        classes=CLASSES,
        handling=HANDLING,
        published=published,
        extract=extract,
    )
