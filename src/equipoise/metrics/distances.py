"""Euclidean distances between two sets, a few rows at a time: memory is rows times the other set, never all pairs."""

from collections.abc import Iterator

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from equipoise.metrics.checks import ExactFeatures

_ENTRIES = 1 << 23  # entries of the distance matrix held together: 64 MiB in float64
_FEWEST_ROWS = 32  # fewer at a time would starve the matrix product

Rows = Float64[Tensor, "rows features"]
SquaredDistances = Float64[Tensor, "rows count"]


def squared_distances(a: Rows, b: ExactFeatures) -> Iterator[tuple[slice, Tensor]]:
    """Squared distances `(some rows of a, all of b)` by |x|^2 + |y|^2 - 2 x.y, with the rows that they belong to.

    The rounding error grows with |x|^2 and |y|^2, so centre both sets first.
    """
    b_norms = b.square().sum(dim=1)
    step = max(_FEWEST_ROWS, _ENTRIES // max(1, len(b)))
    for start in range(0, len(a), step):
        rows = a[start : start + step]
        products = torch.addmm(b_norms, rows, b.T, alpha=-2)
        yield slice(start, start + len(rows)), products.add_(rows.square().sum(dim=1)[:, None]).clamp_min_(0)


def centred(origin: Rows, other: ExactFeatures) -> tuple[Rows, ExactFeatures]:
    """Both sets moved by the mean of the first: distances stay, rounding shrinks."""
    mean = origin.mean(dim=0)
    return origin - mean, other - mean


def nearest(a: Rows, b: ExactFeatures) -> tuple[Float64[Tensor, " rows"], Int64[Tensor, " rows"]]:
    """Distance from each of `a` to the nearest of `b`, and which one it is.

    The distance is taken from the difference of the pair itself, so that of an exact copy is exactly 0.
    """
    near, far = centred(b, a)
    index = torch.cat([squared.argmin(dim=1) for _, squared in squared_distances(far, near)])
    return (a - b[index]).norm(dim=1), index


def nearest_others(features: ExactFeatures) -> Float64[Tensor, " count"]:
    """Distance from each sample to the nearest other one of its set; exactly 0 if that is a copy.

    At least 2 samples are needed.
    """
    near = features - features.mean(dim=0)
    index = []
    for rows, squared in squared_distances(near, near):
        own = torch.arange(rows.start, rows.stop, device=features.device)
        squared[own - rows.start, own] = torch.inf
        index.append(squared.argmin(dim=1))
    distances: Tensor = (features - features[torch.cat(index)]).norm(dim=1)
    return distances
