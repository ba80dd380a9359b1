import pytest
import torch

from equipoise.constraints import Dragan, GradientPenalty, interpolates
from equipoise.constraints.dragan import perturbed
from equipoise.core.errors import SettingError


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_interpolation_has_one_uniform_coefficient_a_sample() -> None:
    points = interpolates(torch.ones(4000, 2, 3, 3), torch.zeros(4000, 2, 3, 3), stream())
    flat = points.reshape(4000, -1)
    assert torch.equal(flat, flat[:, :1].expand_as(flat))  # one a sample, not one a pixel
    coefficients = flat[:, 0].double()
    assert coefficients.unique().numel() > 3990  # one a sample, not one a batch
    ordered = coefficients.sort().values
    expected = (torch.arange(4000) + 0.5) / 4000
    assert (ordered - expected).abs().max() < 1.63 / 4000**0.5  # Kolmogorov and Smirnov at 1 %
    assert 0.0 <= coefficients.min()
    assert coefficients.max() <= 1.0


def test_interpolates_lie_between_each_pair() -> None:
    real, fake = torch.randn(64, 5, generator=stream(1)), torch.randn(64, 5, generator=stream(2))
    points = interpolates(real, fake, stream(3))
    share = ((points - fake) / (real - fake)).double()
    torch.testing.assert_close(share, share[:, :1].expand_as(share), rtol=1e-2, atol=1e-3)
    torch.testing.assert_close(
        (points - fake).norm(dim=1) + (real - points).norm(dim=1), (real - fake).norm(dim=1), rtol=1e-4, atol=1e-5
    )


def test_unequal_batches_are_refused_instead_of_broadcast() -> None:
    with pytest.raises(SettingError, match=r"\(1, 2\) and \(4, 2\)"):
        interpolates.__wrapped__(torch.zeros(1, 2), torch.zeros(4, 2), stream())


def test_the_one_sided_penalty_leaves_small_gradients_free() -> None:
    real, fake, penalty = torch.zeros(3, 2), torch.ones(3, 2), GradientPenalty(sided="one")
    below = penalty(lambda x: 0.9 * x[:, 0], real=real, fake=fake, rng=stream())
    above = penalty(lambda x: 1.5 * x[:, 0], real=real, fake=fake, rng=stream())
    assert (below.values == 0).all()
    torch.testing.assert_close(above.values, torch.full((3,), 0.25))


def test_dragan_noise_is_uniform_and_scaled_by_the_spread_of_the_batch() -> None:
    real = torch.randn(500, 40, generator=stream(1)) * 3.0 + 1.0
    share = ((perturbed(real, 0.5, stream(2)) - real) / (0.5 * real.std(correction=0))).flatten().double()
    ordered = share.sort().values
    assert (ordered - (torch.arange(20000) + 0.5) / 20000).abs().max() < 1.63 / 20000**0.5


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_impossible_settings_are_refused(value: float) -> None:
    with pytest.raises(SettingError, match="target"):
        GradientPenalty(target=value)
    with pytest.raises(SettingError, match="target"):
        Dragan(target=value)
    with pytest.raises(SettingError, match="spread"):
        Dragan(spread=value)
