"""The samples themselves as features: what serves when there is neither a network nor a label."""

import torch
from torch.nn import functional as F

from equipoise.core.types import Samples
from equipoise.evaluation.extractor import Extracted, FeatureExtractor

SIDE = 16
"""Images are averaged down to this side: a covariance of all pixels would need more samples than people have."""


def pixel_extractor(sample_shape: tuple[int, ...]) -> FeatureExtractor:
    """Levels of images averaged to at most 16 x 16, or the coordinates of points as they are.

    It sees brightness, layout and diversity, and is blind to fine detail and to what a picture shows.
    """
    is_image = len(sample_shape) == 3
    side = min(SIDE, *sample_shape[1:]) if is_image else 0
    dimension = sample_shape[0] * side * side if is_image else sample_shape[0]

    @torch.no_grad()
    def extract(samples: Samples) -> Extracted:
        small = F.adaptive_avg_pool2d(samples, side) if is_image else samples
        return Extracted(features=small.flatten(1).double().cpu())

    return FeatureExtractor(
        name=f"pixels{side}" if is_image else "points",
        digest=f"pixels-1-{side}-{dimension}",
        dimension=dimension,
        classes=None,
        handling=f"levels in [-1, 1], averaged to {side} x {side}" if is_image else "coordinates as they are",
        published=False,
        extract=extract,
    )
