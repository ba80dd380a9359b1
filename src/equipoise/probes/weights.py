"""The spectra of a network's weight matrices."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from equipoise.core.types import Scalar
from equipoise.probes.opponents import Measured

MOST_LAYERS = 8
LARGEST_SIDE = 1024
ITERATIONS = 32

Square = Float[Tensor, "side side"]


@torch.no_grad()
def spectrum_signals(discriminator: nn.Module) -> Measured:
    """`weights/largest_singular`, the largest of all layers, and `weights/effective_rank`, their mean share of rank.

    A weight is the matrix (first dimension, rest), under spectral normalisation the one before it is divided. Its
    effective rank is (sum s^2)^2 / sum s^4 of its singular values s, here over its smaller side. Of many layers
    `MOST_LAYERS` are taken, evenly; sides above `LARGEST_SIDE` are left out.
    """
    matrices = [parameter.detach().flatten(1) for parameter in discriminator.parameters() if parameter.ndim >= 2]
    chosen = _evenly([matrix for matrix in matrices if 1 < min(matrix.shape) <= LARGEST_SIDE])
    if not chosen:
        return {}
    inner = [_inner(matrix.float()) for matrix in chosen]
    ranks = [square.trace().square() / square.square().sum().clamp_min(1e-30) / len(square) for square in inner]
    return {
        "weights/largest_singular": torch.stack([_largest_eigenvalue(square) for square in inner]).max().sqrt(),
        "weights/effective_rank": torch.stack(ranks).mean(),
    }


def _inner(matrix: Float[Tensor, "rows columns"]) -> Square:
    narrow = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    return narrow @ narrow.T


def _largest_eigenvalue(square: Square) -> Scalar:
    """By power iteration from the column of the largest diagonal entry, which the leading vector cannot be blind to."""
    vector = square[square.diagonal().argmax()]
    for _ in range(ITERATIONS):
        vector = square @ (vector / vector.norm().clamp_min(1e-30))
    length: Scalar = vector.norm()
    return length


def _evenly(matrices: list[Tensor]) -> list[Tensor]:
    count = min(MOST_LAYERS, len(matrices))
    return [matrices[index * len(matrices) // count] for index in range(count)]
