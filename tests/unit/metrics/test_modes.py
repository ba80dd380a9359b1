import math

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import (
    NO_MODE,
    ModeCounts,
    class_modes,
    mixture_modes,
    mode_coverage,
    nearest_mode,
    stacked_classes,
)


def ring(modes: int = 8) -> torch.Tensor:
    angles = torch.arange(modes) * (2 * math.pi / modes)
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def drawn_from(centres: torch.Tensor, count: int, deviation: float, seed: int) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    chosen = centres[torch.randint(len(centres), (count,), generator=rng)]
    return chosen + deviation * torch.randn(chosen.shape, generator=rng)


def test_the_true_mixture_is_covered_evenly_and_of_known_quality() -> None:
    found = mixture_modes(drawn_from(ring(), 8000, 0.01, 1), ring(), 0.01)
    assert found.covered == found.modes == 8
    assert found.assigned_interval.low < 1 - math.exp(-4.5) < found.assigned_interval.high
    assert found.assigned_share == pytest.approx(0.989, abs=0.004)
    assert found.reverse_kl == pytest.approx(0.0, abs=0.003)


def test_half_the_modes_evenly_are_one_bit_away() -> None:
    found = mixture_modes(ring().repeat(3, 1)[::2], ring(), 0.01)
    assert (found.covered, found.assigned_share) == (4, 1.0)
    assert found.reverse_kl == pytest.approx(math.log(2))
    assert mixture_modes(ring()[:1].repeat(9, 1), ring(), 0.01).reverse_kl == pytest.approx(math.log(8))


def test_the_direction_of_the_divergence_is_found_to_uniform() -> None:
    found = mode_coverage(torch.tensor([0, 0, 0, 1]), 2)
    assert found.reverse_kl == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5))


def test_poor_samples_count_for_quality_and_for_nothing_else() -> None:
    good = ring()[[0, 0, 1]]
    found = mixture_modes(torch.cat([good, torch.zeros(3, 2)]), ring(), 0.01)
    assert (found.covered, found.assigned_share, found.samples) == (2, 0.5, 6)
    assert found.counts == (2, 1, 0, 0, 0, 0, 0, 0)
    assert found.reverse_kl == mixture_modes(good, ring(), 0.01).reverse_kl


def test_the_limit_is_a_distance_in_deviations() -> None:
    centre = torch.zeros(1, 3).double()
    for distance, inside in ((0.299, 1.0), (0.301, 0.0)):
        point = torch.tensor([[2.0, -1.0, 2.0]]).double() * distance / 3
        assert mixture_modes(point, centre, 0.1).assigned_share == inside
        assert mixture_modes(point, centre, 0.05, sigmas=6.0).assigned_share == inside


def test_points_go_to_their_nearest_centre_however_far_all_are() -> None:
    points = drawn_from(ring(), 200, 0.5, 2)
    expected = [min(range(8), key=lambda m: math.dist(p, ring()[m].tolist())) for p in points.tolist()]
    assert nearest_mode(points, ring()).tolist() == expected
    assert nearest_mode(points + 1e5, ring() + 1e5, reach=1e-9).eq(NO_MODE).all()


def test_where_nothing_is_assigned_there_is_no_divergence() -> None:
    found = mixture_modes(torch.zeros(4, 2), ring(), 0.01)
    assert (found.covered, found.assigned_share, found.reverse_kl, found.expected_kl) == (0, 0.0, None, None)


def test_a_perfect_generator_scores_the_expected_divergence() -> None:
    rng = torch.Generator().manual_seed(1)
    found = [class_modes(torch.randint(100, (2600,), generator=rng), 100) for _ in range(30)]
    mean = sum(f.reverse_kl or 0.0 for f in found) / 30
    assert found[0].expected_kl == pytest.approx(99 / 5200)
    assert mean == pytest.approx(99 / 5200, rel=0.1)


def test_classes_are_counted_without_any_threshold() -> None:
    found = class_modes(torch.tensor([3, 3, 0, 1]), 5)
    assert (found.covered, found.assigned_share, found.counts) == (3, 1.0, (1, 1, 0, 2, 0))
    frequencies = [0.5, 0.25, 0.25]
    assert found.reverse_kl == pytest.approx(sum(f * math.log(5 * f) for f in frequencies))


def test_stacked_digits_name_a_thousand_classes() -> None:
    assert stacked_classes(torch.tensor([[9, 0, 5], [0, 1, 2], [9, 9, 9]])).tolist() == [905, 12, 999]
    with pytest.raises(SettingError, match="`digits` holds 10"):
        stacked_classes(torch.tensor([[10, 0, 0]]))


def test_counts_merged_from_parts_are_those_of_the_whole() -> None:
    found = torch.randint(-1, 6, (90,), generator=torch.Generator().manual_seed(3))
    parts = [ModeCounts(6), ModeCounts(6)]
    for index, batch in enumerate(found.split(20)):
        parts[index % 2].update(batch)
    parts[0].merge(parts[1])
    assert parts[0].compute() == mode_coverage(found, 6)


def test_settings_and_labels_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match=r"`standard_deviation` is 0\.0"):
        mixture_modes(ring(), ring(), 0.0)
    with pytest.raises(SettingError, match=r"`sigmas` 0\.0"):
        mixture_modes(ring(), ring(), 0.1, sigmas=0.0)
    with pytest.raises(SettingError, match=r"`sigmas` nan"):
        mixture_modes(ring(), ring(), 0.1, sigmas=float("nan"))
    with pytest.raises(SettingError, match="`points` has 2, `centres` has 3"):
        mixture_modes(ring(), torch.zeros(4, 3), 0.1)
    with pytest.raises(SettingError, match="No samples were counted"):
        class_modes(torch.zeros(0, dtype=torch.int64), 5)
    with pytest.raises(SettingError, match=r"-1, but labels must lie in 0\.\.4"):
        class_modes(torch.tensor([-1]), 5)
    with pytest.raises(SettingError, match=r"`found` holds 5, but labels must lie in -1\.\.4"):
        mode_coverage(torch.tensor([5]), 5)
    with pytest.raises(SettingError, match="count 4 and 5 modes"):
        ModeCounts(4).merge(ModeCounts(5))
