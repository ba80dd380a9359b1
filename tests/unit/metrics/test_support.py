import math

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import support_size, support_size_of_counts


def test_the_birthday_of_twenty_three_people_tells_the_days_of_the_year() -> None:
    chance = 1 - math.prod(1 - i / 365 for i in range(23))
    found = support_size_of_counts(with_duplicate=round(chance * 10**6), batches=10**6, batch_size=23)
    assert found.estimate == pytest.approx(365, abs=0.01)


def test_half_the_batches_mean_about_seven_tenths_of_the_batch_squared() -> None:
    found = support_size_of_counts(with_duplicate=50, batches=100, batch_size=1000)
    assert found.estimate == pytest.approx(1000**2 / (2 * math.log(2)), rel=2e-3)
    assert found.at_most is not None
    assert found.at_least < found.estimate < found.at_most


def test_few_equally_likely_things_are_counted_from_samples() -> None:
    rng = torch.Generator().manual_seed(1)
    things = torch.randn(500, 6, generator=rng)
    seen = things[torch.randint(500, (28 * 400 + 5,), generator=rng)]
    found = support_size(seen + 1e-4 * torch.randn(seen.shape, generator=rng), batch_size=28, distance=0.01)
    assert (found.batches, found.batch_size) == (400, 28)
    assert found.at_most is not None
    assert found.at_least < 500 < found.at_most
    assert found.at_most < 1.5 * found.at_least


def test_exact_copies_are_found_at_distance_zero_even_far_from_the_origin() -> None:
    samples = torch.randn(20, 5, generator=torch.Generator().manual_seed(1)) + 1e4
    assert support_size(samples, batch_size=10, distance=0.0).with_duplicate == 0
    samples[16] = samples[18]
    assert support_size(samples, batch_size=10, distance=0.0).with_duplicate == 1
    assert (
        support_size(samples, batch_size=15, distance=0.0).with_duplicate == 0
    )  # both lie beyond the last whole batch
    samples[13] = samples[3]
    assert support_size(samples, batch_size=5, distance=0.0).with_duplicate == 1  # in different batches


def test_uneven_supports_are_estimated_below_their_size() -> None:
    rng = torch.Generator().manual_seed(1)
    weights = torch.arange(1, 301).double() ** -1
    repeats = 0
    for _ in range(300):
        batch = torch.multinomial(weights, 12, replacement=True, generator=rng)
        repeats += len(set(batch.tolist())) < 12
    found = support_size_of_counts(with_duplicate=repeats, batches=300, batch_size=12)
    assert found.at_most is not None
    assert found.at_most < 300


def test_none_or_all_batches_with_duplicates_give_a_bound_only() -> None:
    none = support_size_of_counts(with_duplicate=0, batches=20, batch_size=100)
    assert (none.estimate, none.at_most) == (None, None)
    assert none.at_least > 10_000
    every = support_size_of_counts(with_duplicate=20, batches=20, batch_size=100)
    assert (every.estimate, every.at_least) == (None, 1.0)
    assert every.at_most is not None
    assert 1000 < every.at_most < 5000


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match="`batch_size` is 1"):
        support_size(torch.zeros(5, 2), batch_size=1, distance=0.1)
    with pytest.raises(SettingError, match="at least 9"):
        support_size(torch.zeros(5, 2), batch_size=9, distance=0.1)
    with pytest.raises(SettingError, match="`distance` is nan"):
        support_size(torch.zeros(5, 2), batch_size=2, distance=float("nan"))
    with pytest.raises(SettingError, match="`successes` is 3"):
        support_size_of_counts(with_duplicate=3, batches=2, batch_size=5)
