"""Points in the plane whose true distribution is known.

Geometry of ring and grid: Srivastava et al. 2017 (VEEGAN, arXiv:1705.07761, section 4.1), as PacGAN uses it (Lin et al.
2018, arXiv:1712.04086, section 4.1). Swiss roll: the one of Gulrajani et al. 2017 (WGAN-GP, arXiv:1704.00028).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from equipoise.data.source import LabelArray, Mixture, Points

DEFAULT_COUNT = 50_000


@dataclass(frozen=True, kw_only=True, eq=False)
class FixedPoints:
    """Points held in memory."""

    name: str
    description: str
    values: Points
    drawn_from: LabelArray | None = None
    mixture: Mixture | None = None
    kind: str = "points"

    def __len__(self) -> int:
        return len(self.values)

    def points(self) -> Points:
        """All points, `(count, 2)`."""
        return self.values

    def modes(self) -> LabelArray | None:
        """The mode each point was drawn from."""
        return self.drawn_from


def ring_8(count: int = DEFAULT_COUNT, seed: int = 0) -> FixedPoints:
    """8 Gaussians on the unit circle, at angles of 45 degrees from (1, 0), standard deviation 0.01."""
    angles = np.arange(8) * (2 * np.pi / 8)
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return _drawn("ring-8", "8 Gaussians (sd 0.01) on a circle of radius 1", centres, 0.01, count, seed)


def grid_25(count: int = DEFAULT_COUNT, seed: int = 0) -> FixedPoints:
    """25 Gaussians at (-4, -2, 0, 2, 4) squared, standard deviation 0.05."""
    steps = np.arange(-4.0, 5.0, 2.0)
    centres = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)
    return _drawn("grid-25", "25 Gaussians (sd 0.05) on a grid of spacing 2", centres, 0.05, count, seed)


def swiss_roll(count: int = DEFAULT_COUNT, seed: int = 0) -> FixedPoints:
    """A spiral `t (cos t, sin t)`, t uniform in [1.5 pi, 4.5 pi], noise 0.25, all divided by 7.5. No modes."""
    stream = np.random.default_rng(seed)
    angle = 1.5 * np.pi * (1 + 2 * stream.random(count))
    spiral = angle[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    values = (spiral + stream.normal(0.0, 0.25, spiral.shape)) / 7.5
    return FixedPoints(
        name="swiss-roll",
        description=f"swiss-roll: {count} points on a spiral within about 2 of the origin, seed {seed}",
        values=values.astype(np.float32),
    )


MIXTURES = {"ring-8": ring_8, "grid-25": grid_25, "swiss-roll": swiss_roll}


def _drawn(
    name: str, words: str, centres: Float32[np.ndarray, "modes 2"], deviation: float, count: int, seed: int
) -> FixedPoints:
    stream = np.random.default_rng(seed)
    chosen = stream.integers(len(centres), size=count)
    values = centres[chosen] + stream.normal(0.0, deviation, (count, 2))
    return FixedPoints(
        name=name,
        description=f"{name}: {count} points from {words}, seed {seed}",
        values=values.astype(np.float32),
        drawn_from=chosen.astype(np.int64),
        mixture=Mixture(centres=centres, standard_deviation=deviation),
    )
