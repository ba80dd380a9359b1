import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.data import Sampler, split_held_out

INDICES = torch.arange(100, 110)


def test_each_epoch_visits_each_index_exactly_once():
    sampler = Sampler(INDICES, seed=3)
    for epoch in range(4):
        assert sampler.batch_at(10 * epoch, 10).sort().values.tolist() == INDICES.tolist()


def test_epochs_come_in_different_orders():
    sampler = Sampler(INDICES, seed=3)
    assert sampler.batch_at(0, 10).tolist() != sampler.batch_at(10, 10).tolist()


@pytest.mark.parametrize("batch_size", [1, 3, 7, 10, 25])
def test_batches_are_pieces_of_one_endless_stream(batch_size):
    sampler = Sampler(INDICES, seed=0)
    stream = sampler.batch_at(0, 100)
    positions = range(0, 100 - batch_size, batch_size)
    for position in positions:
        assert torch.equal(sampler.batch_at(position, batch_size), stream[position : position + batch_size])


def test_position_alone_resumes_the_order():
    walked, fresh = Sampler(INDICES, seed=5), Sampler(INDICES, seed=5)
    for position in range(0, 37, 4):
        walked.batch_at(position, 4)
    assert torch.equal(walked.batch_at(37, 6), fresh.batch_at(37, 6))
    assert torch.equal(walked.batch_at(2, 6), fresh.batch_at(2, 6))


def test_other_seed_other_order():
    assert not torch.equal(Sampler(INDICES, seed=1).batch_at(0, 10), Sampler(INDICES, seed=2).batch_at(0, 10))


def test_sampling_from_nothing_or_nowhere_is_refused():
    with pytest.raises(SettingError, match="empty"):
        Sampler(torch.empty(0, dtype=torch.int64), seed=0)
    with pytest.raises(SettingError, match="-1"):
        Sampler(INDICES, seed=0).batch_at(-1, 4)


@pytest.mark.parametrize(("count", "kept"), [(2, 0), (63, 0), (64, 16), (1000, 50), (60_000, 1024)])
def test_held_out_share_follows_its_rule(count, kept):
    training, held_out = split_held_out(count, seed=0)
    assert len(held_out) == kept
    assert torch.cat([training, held_out]).sort().values.tolist() == list(range(count))


def test_split_is_fixed_by_the_seed():
    assert torch.equal(split_held_out(500, 1)[1], split_held_out(500, 1)[1])
    assert not torch.equal(split_held_out(500, 1)[1], split_held_out(500, 2)[1])
