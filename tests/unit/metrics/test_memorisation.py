import math

import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import distances, memorisation


def draw(count: int, features: int, seed: int) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("entries", [1, 1 << 23])
def test_it_agrees_with_loops(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distances, "_ENTRIES", entries)
    samples, training, held_out = draw(41, 4, 1).double(), draw(70, 4, 2).double(), draw(33, 4, 3).double()
    found = memorisation(samples, training=training, held_out=held_out, quantile=0.25, closest=3)
    to_training = [sorted((math.dist(s, t), j) for j, t in enumerate(training.tolist()))[0] for s in samples.tolist()]
    reference = sorted(min(math.dist(h, t) for t in training.tolist()) for h in held_out.tolist())
    assert found.limit == pytest.approx(reference[8])  # 0.25 * 32
    assert found.ratio == pytest.approx(sorted(d for d, _ in to_training)[20] / reference[16])
    assert found.share_nearer == pytest.approx(sum(d < reference[8] for d, _ in to_training) / 41)
    expected = sorted((d, i, j) for i, (d, j) in enumerate(to_training))[:3]
    assert [(p.sample, p.training) for p in found.closest] == [(i, j) for _, i, j in expected]
    assert [p.distance for p in found.closest] == pytest.approx([d for d, _, _ in expected])


def test_fresh_samples_are_as_near_as_held_out_reals() -> None:
    found = memorisation(draw(2000, 5, 1), training=draw(1000, 5, 2), held_out=draw(2000, 5, 3), quantile=0.1)
    assert found.ratio == pytest.approx(1.0, abs=0.05)
    assert found.share_nearer == pytest.approx(0.1, abs=0.03)


def test_planted_copies_are_counted_and_shown_at_distance_zero() -> None:
    training = draw(300, 8, 1) + 1e4
    samples = torch.cat([draw(90, 8, 2) + 1e4, training[[7, 200, 30]]])
    found = memorisation(samples, training=training, held_out=draw(200, 8, 3) + 1e4, quantile=0.01)
    assert [(p.sample, p.training, p.distance) for p in found.closest[:3]] == [(90, 7, 0), (91, 200, 0), (92, 30, 0)]
    assert len(found.closest) == 10
    assert found.closest[3].distance > 0
    assert found.share_nearer >= 3 / 93


def test_partners_are_found_far_from_the_origin_too() -> None:
    samples, training, held_out = (draw(40, 4, seed).double() for seed in (1, 2, 3))
    near = memorisation(samples, training=training, held_out=held_out)
    far = memorisation(samples + 1e8, training=training + 1e8, held_out=held_out + 1e8)
    assert [(p.sample, p.training) for p in far.closest] == [(p.sample, p.training) for p in near.closest]
    assert far.ratio == pytest.approx(near.ratio, rel=1e-6)


def test_a_generator_of_copies_has_no_distance_at_all() -> None:
    training = draw(300, 8, 1)
    found = memorisation(training[:50], training=training, held_out=draw(200, 8, 3), closest=0)
    assert (found.ratio, found.share_nearer, found.closest) == (0.0, 1.0, ())
    assert found.interval.low > 0.9


def test_the_ratio_has_no_unit() -> None:
    samples, training, held_out = draw(30, 4, 1), draw(30, 4, 2), draw(30, 4, 3)
    once = memorisation(samples, training=training, held_out=held_out)
    grown = memorisation(1000 * samples, training=1000 * training, held_out=1000 * held_out)
    assert grown.ratio == pytest.approx(once.ratio, rel=1e-6)


def test_sets_that_cannot_be_compared_are_refused() -> None:
    samples, training = draw(30, 4, 1), draw(30, 4, 2)
    with pytest.raises(SettingError, match="copies of `training`"):
        memorisation(samples, training=training, held_out=training[:5])
    with pytest.raises(SettingError, match="`held_out` has 3"):
        memorisation(samples, training=training, held_out=draw(5, 3, 1))
    with pytest.raises(SettingError, match=r"`quantile` is 5\.0"):
        memorisation(samples, training=training, held_out=draw(5, 4, 3), quantile=5.0)
    with pytest.raises(SettingError, match="`training` has 0 samples"):
        memorisation(samples, training=training[:0], held_out=draw(5, 4, 3))
