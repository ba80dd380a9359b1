import statistics

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import kernel, kernel_distance, kernel_distance_of_subsets


def draw(count: int, features: int, seed: int) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed))


def naive(real: torch.Tensor, fake: torch.Tensor) -> float:
    def kernel_of(x: list[float], y: list[float]) -> float:
        return float((sum(a * b for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3)

    reals, fakes = real.tolist(), fake.tolist()
    within = [
        sum(kernel_of(x, y) for i, x in enumerate(s) for j, y in enumerate(s) if i != j) / (len(s) * (len(s) - 1))
        for s in (reals, fakes)
    ]
    across = sum(kernel_of(x, y) for x in reals for y in fakes) / (len(reals) * len(fakes))
    return within[0] + within[1] - 2 * across


@pytest.mark.parametrize("rows", [1, 7, 1024])
def test_it_agrees_with_a_double_loop_whatever_the_chunks(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_ROWS", rows)
    real, fake = draw(23, 4, 1).double(), draw(15, 4, 2).double() * 1.5 + 0.3
    found = kernel_distance(real, fake)
    assert found.value == pytest.approx(naive(real, fake), rel=1e-12)
    assert (found.reals, found.fakes) == (23, 15)


def test_equal_distributions_give_zero_on_average() -> None:
    values = [kernel_distance(draw(12, 3, 2 * s), draw(8, 3, 2 * s + 1)).value for s in range(600)]
    error = statistics.stdev(values) / len(values) ** 0.5
    assert abs(statistics.fmean(values)) < 3 * error
    assert min(values) < 0 < max(values)
    biased = 3 * 4 / 12  # what counting each sample with itself would add is of this order
    assert error < 0.1 * biased


def test_the_standard_error_is_the_spread_over_repeated_draws() -> None:
    found = [kernel_distance(draw(150, 3, 2 * s), draw(100, 3, 2 * s + 1) + 1) for s in range(150)]
    spread = statistics.stdev(f.value for f in found)
    assert statistics.fmean(f.standard_error for f in found) == pytest.approx(spread, rel=0.15)


def test_the_standard_error_is_cautious_where_distributions_are_equal() -> None:
    found = [kernel_distance(draw(100, 32, 2 * s), draw(100, 32, 2 * s + 1)) for s in range(150)]
    spread = statistics.stdev(f.value for f in found)
    assert 1.1 < statistics.fmean(f.standard_error for f in found) / spread < 1.7


def test_subsets_that_take_all_are_the_whole() -> None:
    real, fake = draw(30, 4, 1), draw(30, 4, 2) + 1
    found = kernel_distance_of_subsets(real, fake, subsets=3, subset_size=30)
    assert found.value == pytest.approx(kernel_distance(real, fake).value, rel=1e-10)
    assert found.standard_deviation == pytest.approx(0.0, abs=1e-10)


def test_subsets_are_scattered_about_the_whole_and_follow_their_seed() -> None:
    real, fake = draw(200, 4, 1), draw(200, 4, 2) + 1
    before = torch.get_rng_state()
    found = kernel_distance_of_subsets(real, fake, subsets=40, subset_size=50, seed=5)
    assert torch.equal(before, torch.get_rng_state())
    assert found.value == pytest.approx(kernel_distance(real, fake).value, abs=4 * found.standard_error)
    assert found.standard_error == pytest.approx(found.standard_deviation / 40**0.5)
    assert found == kernel_distance_of_subsets(real, fake, subsets=40, subset_size=50, seed=5)
    assert found.value != kernel_distance_of_subsets(real, fake, subsets=40, subset_size=50, seed=6).value


def test_subsets_keep_float64() -> None:
    real = draw(40, 2, 1).double()
    found = kernel_distance_of_subsets(real, real + 1e-7, subsets=2, subset_size=40)
    assert found.value == pytest.approx(kernel_distance(real, real + 1e-7).value, rel=1e-6)


def test_sets_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(SettingError, match="`fake` has 1 samples"):
        kernel_distance(draw(5, 3, 1), draw(1, 3, 1))
    with pytest.raises(SettingError, match="`real` has 3, `fake` has 2"):
        kernel_distance(draw(5, 3, 1), draw(5, 2, 1))
    with pytest.raises(SettingError, match="at least 1000 are needed"):
        kernel_distance_of_subsets(draw(5, 3, 1), draw(5, 3, 1))
    with pytest.raises(SettingError, match="`subsets` is 1"):
        kernel_distance_of_subsets(draw(5, 3, 1), draw(5, 3, 1), subsets=1, subset_size=3)
