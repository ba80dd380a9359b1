import pytest
import torch

from equipoise.metrics import Moments, frechet_distance, frechet_estimate

FEATURES = 8


def draws(count: int, seed: int, scale: torch.Tensor, shift: float) -> torch.Tensor:
    noise = torch.randn(count, FEATURES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return noise @ scale + shift


def test_the_error_is_the_scatter_of_repeated_draws() -> None:
    skew = torch.eye(FEATURES).double() + torch.triu(torch.full((FEATURES, FEATURES), 0.2).double())
    values, errors = [], []
    for seed in range(150):
        real, fake = draws(800, seed, torch.eye(FEATURES).double(), 0.0), draws(400, seed + 1000, skew, 0.3)
        found = frechet_estimate(Moments.of(real), Moments.of(fake), real_sample=real, fake_sample=fake)
        values.append(found.value)
        errors.append(found.standard_error)
    assert sum(errors) / len(errors) == pytest.approx(float(torch.tensor(values).std()), rel=0.15)


def test_for_a_shift_alone_it_is_that_of_a_squared_mean() -> None:
    real = draws(5000, 1, torch.eye(FEATURES).double(), 0.0)
    fake = draws(5000, 2, torch.eye(FEATURES).double(), 3.0)
    found = frechet_estimate(Moments.of(real), Moments.of(fake), real_sample=real, fake_sample=fake)
    length = 3.0 * FEATURES**0.5
    assert found.standard_error == pytest.approx(2 * length * (2 / 5000) ** 0.5, rel=0.05)
    assert found.value == frechet_distance(Moments.of(real), Moments.of(fake))


def test_a_part_of_the_samples_is_enough_to_know_the_error_of_all() -> None:
    real, fake = (
        draws(4000, 1, torch.eye(FEATURES).double(), 0.0),
        draws(4000, 2, torch.eye(FEATURES).double() * 2, 1.0),
    )
    whole = frechet_estimate(Moments.of(real), Moments.of(fake), real_sample=real, fake_sample=fake)
    part = frechet_estimate(Moments.of(real), Moments.of(fake), real_sample=real[:1000], fake_sample=fake[:1000])
    assert part.standard_error == pytest.approx(whole.standard_error, rel=0.1)


def test_a_set_against_itself_has_an_interval_from_zero() -> None:
    real = draws(100, 1, torch.eye(FEATURES).double(), 0.0)
    found = frechet_estimate(Moments.of(real), Moments.of(real), real_sample=real, fake_sample=real)
    assert found.interval.low == 0.0
    assert found.standard_error < 1e-6
