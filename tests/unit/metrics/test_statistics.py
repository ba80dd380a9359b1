import math
import statistics

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import mean_shift, ranking_auc, variance_ratio


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def total_variance(samples: torch.Tensor) -> float:
    return sum(statistics.variance(column.tolist()) for column in samples.flatten(1).T)


def test_variance_ratio_and_mean_shift_are_their_closed_forms() -> None:
    real, fake = draw(30, 2, 3, 3, seed=1), draw(20, 2, 3, 3, seed=2) * 2 + 0.7
    assert variance_ratio(real=real, fake=fake) == pytest.approx(total_variance(fake) / total_variance(real), rel=1e-6)
    means = [[statistics.fmean(column.tolist()) for column in samples.flatten(1).T] for samples in (real, fake)]
    expected = math.dist(*means) / math.sqrt(total_variance(real))
    assert mean_shift(real=real, fake=fake) == pytest.approx(expected, rel=1e-6)


def test_scaling_and_shifting_the_same_samples_is_read_exactly() -> None:
    real = draw(50, 4, seed=1).double()
    assert variance_ratio(real=real, fake=0.5 * real + 9.0) == pytest.approx(0.25)
    assert variance_ratio(real=real, fake=real[:1].expand(50, 4)) == pytest.approx(0.0, abs=1e-20)
    assert mean_shift(real=real, fake=real) == 0.0
    expected = 3.0 / math.sqrt(total_variance(real))
    assert mean_shift(real=real, fake=real + torch.tensor([3.0, 0, 0, 0])) == pytest.approx(expected)


def test_neither_has_a_unit() -> None:
    real, fake = draw(30, 5, seed=1), draw(30, 5, seed=2) + 0.5
    for metric in (variance_ratio, mean_shift):
        assert metric(real=100 * real, fake=100 * fake) == pytest.approx(metric(real=real, fake=fake), rel=1e-5)


def test_sets_without_spread_are_refused() -> None:
    with pytest.raises(SettingError, match="`real` are the same"):
        variance_ratio(real=torch.ones(4, 2), fake=draw(4, 2, seed=1))
    with pytest.raises(SettingError, match="`fake` has 1 samples"):
        variance_ratio(real=draw(4, 2, seed=1), fake=draw(1, 2, seed=1))
    with pytest.raises(SettingError, match="`real` has 1 samples"):
        mean_shift(real=draw(1, 2, seed=1), fake=draw(4, 2, seed=1))


@pytest.mark.parametrize("levels", [3, 10, 10_000])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_ranking_agrees_with_a_loop_over_all_pairs(levels: int, dtype: torch.dtype) -> None:
    rng = torch.Generator().manual_seed(levels)
    real = (torch.randint(levels, (37,), generator=rng) - levels / 3).to(dtype)
    fake = (torch.randint(levels, (23,), generator=rng) - levels / 2).to(dtype)
    won = sum((r > f) + 0.5 * (r == f) for r in real.tolist() for f in fake.tolist())
    assert float(ranking_auc(real, fake)) == pytest.approx(won / (37 * 23), abs=1e-6)
    assert float(ranking_auc(fake, real)) == pytest.approx(1 - won / (37 * 23), abs=1e-6)


def test_ranking_of_two_normals_is_the_normal_integral() -> None:
    real, fake = draw(20_000, seed=1) + 1.0, draw(20_000, seed=2)
    assert float(ranking_auc(real, fake)) == pytest.approx(statistics.NormalDist().cdf(1 / math.sqrt(2)), abs=0.01)


def test_ranking_at_its_limits() -> None:
    low, high = torch.tensor([-1.0, 0.0]), torch.tensor([1.0, float("inf"), 2.0])
    assert float(ranking_auc(high, low)) == 1.0
    assert float(ranking_auc(low, high)) == 0.0
    assert float(ranking_auc(low[:1], low[:1])) == 0.5


def test_a_broken_logit_is_not_ranked() -> None:
    broken = torch.tensor([0.0, float("nan")])
    assert ranking_auc(broken, torch.zeros(3)).isnan()
    assert ranking_auc(torch.zeros(3), broken).isnan()
    with pytest.raises(SettingError, match="0 and 3"):
        ranking_auc(torch.zeros(0), torch.zeros(3))
