import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import FeatureSample


def numbered(count: int) -> torch.Tensor:
    return torch.arange(count).double()[:, None].expand(count, 2).clone()


def test_the_sample_does_not_depend_on_who_saw_what_and_when() -> None:
    features, whole = numbered(101), FeatureSample(17, seed=4)
    whole.update(features)
    parts = [FeatureSample(17, seed=4) for _ in range(3)]
    for rank, part in enumerate(parts):
        for numbers in torch.arange(rank, 101, 3).split(5):
            part.update(features[numbers], numbers=numbers)
    parts[2].merge(parts[0])
    parts[2].merge(parts[1])
    assert torch.equal(parts[2].compute(), whole.compute())
    assert parts[2].count == whole.count == 101
    assert len(set(whole.compute()[:, 0].tolist())) == 17


def test_batches_count_on_by_themselves() -> None:
    features, whole, batches = numbered(60), FeatureSample(9), FeatureSample(9)
    whole.update(features)
    for batch in features.split(7):
        batches.update(batch)
    batches.merge(FeatureSample(9))
    assert torch.equal(batches.compute(), whole.compute())


def test_every_sample_has_the_same_chance_at_every_place() -> None:
    features, kept, first = numbered(20), torch.zeros(20), torch.zeros(20)
    for seed in range(2000):
        sample = FeatureSample(5, seed=seed)
        sample.update(features)
        order = sample.compute()[:, 0].long()
        kept[order] += 1
        first[order[0]] += 1
    assert (kept / 2000 - 0.25).abs().max() < 4 * (0.25 * 0.75 / 2000) ** 0.5
    assert (first / 2000 - 0.05).abs().max() < 4 * (0.05 * 0.95 / 2000) ** 0.5


def test_a_short_stream_is_kept_whole() -> None:
    sample = FeatureSample(50)
    sample.update(numbered(20))
    assert sorted(sample.compute()[:, 0].tolist()) == list(range(20))


def test_memory_is_bounded_by_the_capacity() -> None:
    sample = FeatureSample(8)
    for _ in range(20):
        sample.update(numbered(10))
    assert sample._features is not None
    assert sample._features.untyped_storage().nbytes() == 8 * 2 * 8
    assert sample._ranks.base is None or sample._ranks.base.nbytes == sample._ranks.nbytes


def test_streams_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SettingError, match=r"\(4, 0\) and \(4, 1\)"):
        FeatureSample(4).merge(FeatureSample(4, seed=1))
    with pytest.raises(SettingError, match=r"\(4, 0\) and \(5, 0\)"):
        FeatureSample(4).merge(FeatureSample(5))
    with pytest.raises(SettingError, match="`numbers` has 2 entries for 3"):
        FeatureSample(4).update(numbered(3), numbers=torch.arange(2))
    with pytest.raises(SettingError, match="call `update`"):
        FeatureSample(4).compute()
    sample = FeatureSample(4)
    sample.update(numbered(3))
    with pytest.raises(SettingError, match="the stream has 2, `features` has 5"):
        sample.update(torch.zeros(3, 5))
