"""How far training reals lie from held-out ones, against distances written out and against chance."""

import pytest
import torch

from equipoise.probes.reals import difference_of_reals


def normal(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def energy(x, y):
    """Pair by pair, as the definition has it."""

    def mean(a, b):
        return sum((p - q).norm() for p in a for q in b) / (len(a) * len(b))

    return 2 * mean(x, y) - mean(x, x) - mean(y, y)


def test_it_is_the_energy_distance_beside_that_of_shuffled_sets():
    x, y = normal(12, 3, seed=0) + 0.7, normal(20, 3, seed=1)
    both, rng = torch.cat([x, y]), torch.Generator().manual_seed(5)
    by_chance = []
    for _ in range(400):
        mixed = both[torch.randperm(32, generator=rng)]
        by_chance.append(energy(mixed[:12], mixed[12:]))
    chance = torch.stack(by_chance)
    expected = (energy(x, y) - chance.mean()) / chance.std()
    assert difference_of_reals(x, y).item() == pytest.approx(expected.item(), rel=0.35)  # 64 splits in place of 400


@pytest.mark.parametrize("dimensions", [1, 2, 784])
def test_sets_drawn_alike_differ_by_chance_and_shifted_ones_by_more(dimensions):
    held_out = normal(192, dimensions, seed=0)
    alike = torch.stack([difference_of_reals(normal(64, dimensions, seed=s), held_out) for s in range(1, 41)])
    assert alike.max() < 6
    assert abs(alike.median()) < 1.5
    for change in (lambda x: x + 1.5, lambda x: 4.0 * x):
        apart = [difference_of_reals(change(normal(64, dimensions, seed=s)), held_out) for s in range(1, 6)]
        assert min(apart) > 6


def test_it_has_no_unit():
    x, y = normal(16, 2, seed=0) + 1.0, normal(24, 2, seed=1)
    assert difference_of_reals(1e3 * x, 1e3 * y) == pytest.approx(difference_of_reals(x, y).item())
