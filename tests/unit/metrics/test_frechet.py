import math

import numpy as np
import pytest
import scipy.linalg
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import Moments, frechet_distance, frechet_infinity, frechet_warnings


def draw(count: int, features: int, seed: int) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def gaussian(mean: torch.Tensor, covariance: torch.Tensor, count: int = 1000) -> Moments:
    return Moments.from_covariance(mean=mean, covariance=covariance, count=count)


def spread(features: int, seed: int) -> torch.Tensor:
    root = draw(features, features, seed)
    return root @ root.T / features


def by_scipy(a: Moments, b: Moments) -> float:
    first, second = a.covariance.numpy(), b.covariance.numpy()
    middle = np.trace(scipy.linalg.sqrtm(first @ second)).real
    shift = (a.mean - b.mean).numpy()
    return float(shift @ shift + np.trace(first) + np.trace(second) - 2 * middle)


def test_diagonal_gaussians_have_the_closed_form() -> None:
    a, b = draw(6, 1, 1).abs().flatten(), draw(6, 1, 2).abs().flatten()
    shift = torch.arange(6).double()
    expected = float((shift**2).sum() + ((a - b) ** 2).sum())
    seen = frechet_distance(gaussian(shift * 0, (a**2).diag()), gaussian(shift, (b**2).diag()))
    assert seen == pytest.approx(expected, rel=1e-10)


def test_commuting_covariances_have_the_closed_form() -> None:
    basis = torch.linalg.qr(draw(7, 7, 3)).Q
    a, b = torch.linspace(0.1, 4, 7).double(), torch.linspace(3, 0.01, 7).double()
    zero = torch.zeros(7).double()
    covariances = [basis @ values.diag() @ basis.T for values in (a, b)]
    seen = frechet_distance(*(gaussian(zero, (c + c.T) / 2) for c in covariances))
    assert seen == pytest.approx(float((a.sqrt() - b.sqrt()).square().sum()), rel=1e-8)


def test_it_agrees_with_scipys_matrix_root() -> None:
    a, b = gaussian(draw(1, 12, 1)[0], spread(12, 2)), gaussian(draw(1, 12, 3)[0], spread(12, 4))
    assert frechet_distance(a, b) == pytest.approx(by_scipy(a, b), rel=1e-8)
    assert frechet_distance(b, a) == pytest.approx(frechet_distance(a, b), rel=1e-10)


@pytest.mark.parametrize("counts", [(10, 500), (500, 10), (10, 10)])
def test_fewer_samples_than_features_give_the_limit_of_full_rank(counts: tuple[int, int]) -> None:
    a, b = Moments.of(draw(counts[0], 20, 1)), Moments.of(draw(counts[1], 20, 2) * 2 + 1)
    lifted = [gaussian(m.mean, m.covariance + 1e-10 * torch.eye(20).double(), m.count) for m in (a, b)]
    assert frechet_distance(a, b) == pytest.approx(by_scipy(*lifted), rel=1e-4)


def test_a_set_on_a_line_has_the_closed_form() -> None:
    wide, line = Moments.of(draw(500, 20, 1)), Moments.of(torch.tensor([[-1.0], [1.0]]).double() * draw(1, 20, 2))
    overlap = float(draw(1, 20, 2) @ wide.covariance @ draw(1, 20, 2).T * 2) ** 0.5
    shift = float((wide.mean - line.mean).square().sum())
    expected = shift + float(wide.covariance.trace() + line.covariance.trace()) - 2 * overlap
    assert frechet_distance(wide, line) == pytest.approx(expected, rel=1e-12)
    assert frechet_distance(line, wide) == pytest.approx(expected, rel=1e-12)


def test_sets_in_planes_without_a_common_direction_share_no_spread() -> None:
    basis = torch.linalg.qr(draw(12, 12, 3)).Q
    for seed in range(5):
        a = Moments.of(draw(40, 6, seed) @ basis[:, :6].T)
        b = Moments.of(draw(40, 6, seed + 9) @ basis[:, 6:].T)
        apart = float((a.mean - b.mean).square().sum() + a.covariance.trace() + b.covariance.trace())
        assert frechet_distance(a, b) == pytest.approx(apart, rel=1e-6)


def test_a_set_against_itself_is_zero_and_never_below() -> None:
    for count in (3, 30, 300):
        moments = Moments.of(draw(count, 30, count) * 100)
        assert 0.0 <= frechet_distance(moments, moments) < 1e-5 * float(moments.covariance.trace())


def test_sets_without_any_spread_differ_by_their_means() -> None:
    a, b = Moments.of(torch.zeros(5, 3)), Moments.of(torch.ones(4, 3) * 2)
    assert frechet_distance(a, b) == pytest.approx(12.0)
    assert frechet_distance(a, Moments.of(draw(50, 3, 1))) > 0


def test_a_shift_and_a_scale_are_read_exactly() -> None:
    features = draw(200, 5, 5)
    moments = Moments.of(features)
    assert frechet_distance(moments, Moments.of(features + 2)) == pytest.approx(20.0, rel=1e-9)
    trace = float(moments.covariance.trace())
    grown = frechet_distance(moments, Moments.of((features - features.mean(dim=0)) * 3 + features.mean(dim=0)))
    assert grown == pytest.approx(4 * trace, rel=1e-9)


def test_moments_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(SettingError, match="`real` has 3, `fake` has 4"):
        frechet_distance(Moments.of(draw(9, 3, 1)), Moments.of(draw(9, 4, 1)))
    with pytest.raises(SettingError, match="at least 2 samples"):
        frechet_distance(Moments.of(draw(9, 3, 1)), Moments.of(draw(1, 3, 1)))


def test_the_extrapolation_takes_away_the_bias_of_few_fakes() -> None:
    truth = gaussian(torch.zeros(10).double(), torch.eye(10).double())
    errors, biased = [], []
    for seed in range(5):
        found = frechet_infinity(truth, draw(1500, 10, seed) * 1.2, seed=seed)
        errors.append(found.value - 10 * 0.2**2)
        biased.append(found.distances[0] - 10 * 0.2**2)
        assert found.slope > 0
        assert (found.sizes[0], found.sizes[-1], len(found.sizes)) == (150, 1500, 15)
        assert found.distances[-1] == pytest.approx(frechet_distance(truth, Moments.of(draw(1500, 10, seed) * 1.2)))
    assert abs(sum(errors)) < 0.25 * abs(sum(biased))


def test_the_line_and_its_error_are_those_of_numpy() -> None:
    fakes = draw(400, 3, 1) * 1.5
    found = frechet_infinity(Moments.of(draw(300, 3, 2)), fakes, points=6, smallest=50, seed=3)
    x = 1 / np.array(found.sizes)
    coefficients, covariance = np.polyfit(x, found.distances, 1, cov=True)
    assert (found.slope, found.value) == pytest.approx(tuple(coefficients), rel=1e-6)
    assert found.standard_error == pytest.approx(math.sqrt(covariance[1, 1]), rel=1e-6)


def test_the_extrapolation_follows_its_seed_and_no_other_stream() -> None:
    real, fakes = Moments.of(draw(300, 3, 2)), draw(200, 3, 1)
    before = torch.get_rng_state()
    assert frechet_infinity(real, fakes, seed=1) == frechet_infinity(real, fakes, seed=1)
    assert frechet_infinity(real, fakes, seed=1).value != frechet_infinity(real, fakes, seed=2).value
    assert torch.equal(before, torch.get_rng_state())


def test_too_few_fakes_or_points_are_refused() -> None:
    real = Moments.of(draw(300, 3, 2))
    with pytest.raises(SettingError, match="`points` is 2"):
        frechet_infinity(real, draw(200, 3, 1), points=2)
    with pytest.raises(SettingError, match="too few for `points` = 15 sizes from 4"):
        frechet_infinity(real, draw(17, 3, 1))
    assert len(set(frechet_infinity(real, draw(18, 3, 1)).sizes)) == 15


def test_small_sample_counts_are_warned_of_by_name() -> None:
    assert frechet_warnings(reals=640, fakes=50_000, features=64) == ()
    (few,) = frechet_warnings(reals=64, fakes=50_000, features=64)
    assert few.startswith("64 real samples cannot span 64 features")
    (some,) = frechet_warnings(reals=50_000, fakes=65, features=64)
    assert some.startswith("65 fake samples")
    assert "upwards" in some
