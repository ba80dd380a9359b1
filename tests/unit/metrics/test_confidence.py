import math
import statistics

import pytest
import scipy.stats
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import bootstrap_estimate, subset_estimate, wilson_interval
from equipoise.metrics.confidence import _student_quantile


def draw(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def mean(values: torch.Tensor) -> float:
    return float(values.mean())


@pytest.mark.parametrize(("successes", "total"), [(0, 10), (10, 10), (3, 17), (500, 1000), (1, 1)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilsons_interval_is_scipys(successes: int, total: int, confidence: float) -> None:
    reference = scipy.stats.binomtest(successes, total).proportion_ci(confidence, method="wilson")
    found = wilson_interval(successes, total, confidence=confidence)
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), abs=1e-12)
    assert found.confidence == confidence


def test_wilsons_interval_touches_the_ends_exactly() -> None:
    assert wilson_interval(0, 7).low == 0.0
    assert wilson_interval(7, 7).high == 1.0


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 30, 101])
@pytest.mark.parametrize("confidence", [0.1, 0.95, 0.999])
def test_students_quantile_is_scipys(freedom: int, confidence: float) -> None:
    expected = scipy.stats.t.ppf((1 + confidence) / 2, freedom)
    assert _student_quantile(freedom, confidence) == pytest.approx(expected, rel=1e-9)


def test_the_bootstrap_of_a_mean_is_its_textbook_interval() -> None:
    values = draw(400, 1)
    found = bootstrap_estimate(values, mean, confidence=0.9)
    error = float(values.std()) / 20
    assert found.value == mean(values)
    assert found.standard_error == pytest.approx(error, rel=0.1)
    assert found.interval.low == pytest.approx(found.value - 1.645 * error, abs=0.2 * error)
    assert found.interval.high == pytest.approx(found.value + 1.645 * error, abs=0.2 * error)


def test_subsets_are_disjoint_equal_and_leave_out_the_rest() -> None:
    seen: list[torch.Tensor] = []

    def record(values: torch.Tensor) -> float:
        seen.append(values)
        return mean(values)

    found = subset_estimate(torch.arange(23).double(), record, subsets=4)
    assert [len(part) for part in seen] == [5, 5, 5, 5]
    assert len(set(torch.cat(seen).tolist())) == 20
    means = [mean(part) for part in seen]
    assert found.value == pytest.approx(statistics.fmean(means))
    assert found.standard_error == pytest.approx(statistics.stdev(means) / 2)
    assert found.interval.high - found.value == pytest.approx(3.182446 * found.standard_error, rel=1e-6)


def test_nineteen_of_twenty_intervals_of_subsets_hold_the_truth() -> None:
    held = 0
    for seed in range(400):
        interval = subset_estimate(draw(40, seed), mean, subsets=4, seed=seed).interval
        held += interval.low < 0 < interval.high
    assert held / 400 == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize("estimate", [bootstrap_estimate, subset_estimate])
def test_estimates_follow_their_seed_and_no_other_stream(estimate) -> None:  # type: ignore[no-untyped-def]
    values, before = draw(50, 1), torch.get_rng_state()
    assert estimate(values, mean, seed=1) == estimate(values, mean, seed=1)
    assert estimate(values, mean, seed=1).interval != estimate(values, mean, seed=2).interval
    assert torch.equal(before, torch.get_rng_state())


def test_rows_of_features_are_drawn_whole() -> None:
    rows = torch.arange(6).double()[:, None].expand(6, 3)
    found = bootstrap_estimate(rows, lambda r: float((r[:, 0] - r[:, 2]).abs().sum()), resamples=20)
    assert found.interval.high == 0.0


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match="`total` is 0"):
        wilson_interval(0, 0)
    with pytest.raises(SettingError, match=r"`successes` is 4, but must lie in 0\.\.3"):
        wilson_interval(4, 3)
    with pytest.raises(SettingError, match="`confidence` is 95"):
        wilson_interval(1, 3, confidence=95.0)
    with pytest.raises(SettingError, match="`values` is 1"):
        bootstrap_estimate(draw(1, 1), mean)
    with pytest.raises(SettingError, match="`subsets` = 10"):
        subset_estimate(draw(19, 1), mean)
    assert not math.isnan(subset_estimate(draw(20, 1), mean).value)
