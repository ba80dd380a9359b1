import math

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import distances, precision_recall_density_coverage


def draw(count: int, features: int, seed: int) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed))


def naive(real: torch.Tensor, fake: torch.Tensor, k: int) -> tuple[float, float, float, float]:
    """From the definitions, with `math.dist`; rims are inside, but for density."""
    reals, fakes = real.tolist(), fake.tolist()

    def radii(points: list[list[float]]) -> list[float]:
        return [sorted(math.dist(p, q) for j, q in enumerate(points) if j != i)[k - 1] for i, p in enumerate(points)]

    real_radii, fake_radii = radii(reals), radii(fakes)
    apart = [[math.dist(x, y) for y in fakes] for x in reals]
    pairs = [(i, j) for i in range(len(reals)) for j in range(len(fakes))]
    precise = {j for i, j in pairs if apart[i][j] <= real_radii[i]}
    recalled = {i for i, j in pairs if apart[i][j] <= fake_radii[j]}
    covered = {i for i, j in pairs if apart[i][j] <= real_radii[i]}
    dense = sum(apart[i][j] < real_radii[i] for i, j in pairs)
    return len(precise) / len(fakes), len(recalled) / len(reals), dense / (k * len(fakes)), len(covered) / len(reals)


def found(real: torch.Tensor, fake: torch.Tensor, k: int) -> tuple[float, float, float, float]:
    seen = precision_recall_density_coverage(real, fake, neighbours=k)
    return seen.precision, seen.recall, seen.density, seen.coverage


@pytest.mark.parametrize("entries", [1, 1 << 23])
@pytest.mark.parametrize(("k", "features"), [(1, 2), (3, 5), (5, 40)])
def test_it_agrees_with_loops(k: int, features: int, entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distances, "_ENTRIES", entries)
    monkeypatch.setattr(distances, "_FEWEST_ROWS", 9 if entries == 1 else 32)
    real, fake = draw(60, features, 1).double(), draw(45, features, 2).double() * 0.8 + 0.3
    assert found(real, fake, k) == pytest.approx(naive(real, fake, k), abs=1e-12)
    assert found(fake, real, k) == pytest.approx(naive(fake, real, k), abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_repeated_distances_are_not_decided_by_rounding(seed: int) -> None:
    rng = torch.Generator().manual_seed(seed)
    real, fake = (torch.randint(4, (40, 3), generator=rng).double() for _ in range(2))
    assert found(real / 4, fake / 4, 3) == naive(real / 4, fake / 4, 3)
    far = torch.tensor([1000.0, -3000.0, 2000.0]).double()
    assert found(real + far, fake + far, 3) == naive(real, fake, 3)


def test_a_set_against_itself_scores_one_throughout() -> None:
    samples = draw(80, 6, 1)
    assert found(samples, samples.flip(0), 5) == (1.0, 1.0, 1.0, 1.0)


def test_a_set_of_copies_against_itself_is_precise_and_covered() -> None:
    samples = draw(1, 6, 1).expand(20, 6)
    precision, recall, _, coverage = found(samples, samples, 5)
    assert (precision, recall, coverage) == (1.0, 1.0, 1.0)


def test_sets_far_apart_score_zero_throughout() -> None:
    assert found(draw(80, 6, 1), draw(70, 6, 2) + 100, 5) == (0.0, 0.0, 0.0, 0.0)


def test_collapse_onto_a_real_mode_is_precise_but_covers_little() -> None:
    real = draw(200, 4, 1)
    seen = precision_recall_density_coverage(real, real[:1] + 1e-3 * draw(200, 4, 2))
    assert seen.precision == 1.0
    assert seen.recall < 0.05
    assert seen.coverage < 0.1


def test_density_and_coverage_of_equal_distributions_are_as_expected() -> None:
    k, count = 5, 300
    seen = [found(draw(count, 8, 2 * s), draw(count, 8, 2 * s + 1), k) for s in range(20)]
    assert sum(s[2] for s in seen) / 20 == pytest.approx(1.0, abs=0.05)
    missed = math.prod((count - 1 - i) / (2 * count - 1 - i) for i in range(k))  # the k nearest of all are reals
    assert sum(s[3] for s in seen) / 20 == pytest.approx(1 - missed, abs=0.01)


def test_the_protocol_names_counts_and_neighbours() -> None:
    assert precision_recall_density_coverage(draw(20, 2, 1), draw(10, 2, 2)).protocol == "prdc_20_10_k5"


def test_sets_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(SettingError, match="`fake` has 5 samples, but at least 6"):
        precision_recall_density_coverage(draw(9, 2, 1), draw(5, 2, 1))
    with pytest.raises(SettingError, match="`real` has 2, `fake` has 3"):
        precision_recall_density_coverage(draw(9, 2, 1), draw(9, 3, 1))
    with pytest.raises(SettingError, match="`neighbours` is 0"):
        precision_recall_density_coverage(draw(9, 2, 1), draw(9, 2, 1), neighbours=0)
