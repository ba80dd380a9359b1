import math

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import sliced_wasserstein


def draw(count: int, features: int, seed: int) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("features", [1, 2, 3, 10, 100])
def test_a_shift_is_seen_as_its_mean_projection(features: int) -> None:
    samples, shift = draw(40, features, 1), draw(1, features, 2) * 3
    expected = float(shift.norm()) * math.gamma(features / 2) / (math.sqrt(math.pi) * math.gamma((features + 1) / 2))
    seen = sliced_wasserstein(samples, samples + shift, projections=20_000)
    assert seen == pytest.approx(expected, rel=0.025 if features > 1 else 1e-5)


def test_in_one_dimension_it_is_the_distance_of_sorted_values() -> None:
    a, b = torch.tensor([[3.0], [0.0], [1.0]]), torch.tensor([[5.0], [6.0], [8.0]])
    assert sliced_wasserstein(a, b, projections=7) == pytest.approx(5.0, rel=1e-12)


def test_it_agrees_with_a_loop_over_directions() -> None:
    a, b = draw(20, 4, 1).double(), draw(20, 4, 2).double()
    normal = torch.randn(4, 50, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    total = 0.0
    for line in normal.T:
        line = line / math.sqrt(sum(x * x for x in line.tolist()))
        ordered = zip(sorted((a @ line).tolist()), sorted((b @ line).tolist()), strict=True)
        total += sum(abs(x - y) for x, y in ordered) / 20
    assert sliced_wasserstein(a, b, projections=50, seed=9) == pytest.approx(total / 50, rel=1e-12)


def test_it_is_a_distance_that_ignores_order_and_follows_the_seed() -> None:
    a, b = draw(30, 5, 1), draw(30, 5, 2)
    assert sliced_wasserstein(a, a.flip(0)) == pytest.approx(0.0, abs=1e-14)
    assert sliced_wasserstein(a, b) == sliced_wasserstein(b, a) > 0
    assert sliced_wasserstein(a, b, seed=1) == sliced_wasserstein(a, b, seed=1) != sliced_wasserstein(a, b, seed=2)
    assert sliced_wasserstein(3 * a, 3 * b) == pytest.approx(3 * sliced_wasserstein(a, b))


def test_broken_samples_give_nan() -> None:
    a = draw(5, 2, 1)
    a[2, 1] = float("nan")
    assert math.isnan(sliced_wasserstein(a, draw(5, 2, 2)))


@pytest.mark.parametrize(("a", "b"), [((3, 2), (4, 2)), ((3, 2), (3, 3)), ((0, 2), (0, 2))])
def test_sets_that_cannot_be_compared_are_refused(a: tuple[int, int], b: tuple[int, int]) -> None:
    with pytest.raises(SettingError, match="alike"):
        sliced_wasserstein(torch.zeros(a), torch.zeros(b))
    with pytest.raises(SettingError, match="projections"):
        sliced_wasserstein(torch.zeros(2, 2), torch.zeros(2, 2), projections=0)
