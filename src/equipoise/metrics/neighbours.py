"""Precision, recall, density and coverage from nearest neighbours in feature space."""

from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from equipoise.metrics.checks import ExactFeatures, exact_features, require_at_least, require_same_width
from equipoise.metrics.distances import centred, squared_distances

_ROUNDING = 1e-12  # of a squared distance, relative to the squared lengths it is the difference of

RealFeatures = Float[Tensor, "reals real_features"]
FakeFeatures = Float[Tensor, "fakes fake_features"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NeighbourMeasures:
    """`precision`, `recall` and `coverage` are shares; `density` is 1 on average for equal distributions, unbounded.

    `density_error` is its standard error over the fakes, the reals being given; that of precision is binomial likewise,
    and of recall and coverage over the reals, the fakes being given (`wilson_interval`).
    """

    precision: float
    recall: float
    density: float
    density_error: float
    coverage: float
    neighbours: int
    reals: int
    fakes: int

    @property
    def protocol(self) -> str:
        """What must be equal for two results to be compared, such as `prdc_10000_10000_k5` (reals, fakes, k)."""
        return f"prdc_{self.reals}_{self.fakes}_k{self.neighbours}"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Balls:
    """A ball about each sample to its k-th nearest neighbour: squared radii, with and without the rim."""

    closed: Float64[Tensor, " count"]
    open: Float64[Tensor, " count"]


def precision_recall_density_coverage(
    real: RealFeatures, fake: FakeFeatures, *, neighbours: int = 5
) -> NeighbourMeasures:
    """Who lies in whose ball, where balls reach to the k-th nearest neighbour in one's own set, oneself not counted.

    Precision: fakes in some real ball; recall: reals in some fake ball (Kynkäänniemi et al. 2019, equations 1 and 2,
    arXiv 1904.06991; they took k = 3). Density: mean number of real balls about a fake, over k; coverage: reals whose
    ball holds a fake (Naeem et al. 2020, section 3, arXiv 2002.09797, k = 5). As the equations have it, a sample
    on the rim of a ball is inside; for density it is not, as in the code of Naeem et al., which gives a set against
    itself 1. That matters only where distances repeat, and there rounding is not let to decide. All in float64.

    Raises:
        SettingError: no more samples than `neighbours`, sets of different width, or values that are not finite.
    """
    require_at_least(1, neighbours=neighbours)
    require_same_width({"`real`": real.shape[1], "`fake`": fake.shape[1]})
    least = neighbours + 1
    reals, fakes = centred(exact_features(real, "real", least=least), exact_features(fake, "fake", least=least))
    precise, recalled, covered, balls = _tallies(reals, fakes, neighbours)
    return NeighbourMeasures(
        precision=_share(precise),
        recall=_share(recalled),
        density=float(balls.sum()) / (neighbours * len(fakes)),
        density_error=float(balls.std()) / (neighbours * sqrt(len(fakes))),
        coverage=_share(covered),
        neighbours=neighbours,
        reals=len(reals),
        fakes=len(fakes),
    )


def _tallies(reals: ExactFeatures, fakes: Tensor, neighbours: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Which fakes are precise, which reals recalled and covered, and how many open real balls lie about each fake."""
    real_balls, fake_balls = _balls(reals, neighbours), _balls(fakes, neighbours)
    precise = torch.zeros(len(fakes), dtype=torch.bool, device=fakes.device)
    balls = torch.zeros(len(fakes), dtype=torch.float64, device=fakes.device)
    recalled, covered = [], []
    for rows, squared in squared_distances(reals, fakes):
        inside = squared <= real_balls.closed[rows, None]
        precise |= inside.any(dim=0)
        covered.append(inside.any(dim=1))
        recalled.append((squared <= fake_balls.closed).any(dim=1))
        balls += (squared < real_balls.open[rows, None]).sum(dim=0)
    return precise, torch.cat(recalled), torch.cat(covered), balls


def _balls(features: ExactFeatures, neighbours: int) -> _Balls:
    radii = torch.cat(
        [
            squared.topk(neighbours + 1, dim=1, largest=False).values[:, -1]
            for _, squared in squared_distances(features, features)
        ]
    )
    slack = _ROUNDING * (radii + features.square().sum(dim=1)) * 4
    return _Balls(closed=radii + slack, open=radii - slack)


def _share(inside: Bool[Tensor, " samples"]) -> float:
    return float(inside.double().mean())
