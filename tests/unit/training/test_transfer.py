"""Every way to read gives the same batches."""

import numpy as np
import pytest
import torch

from equipoise.data import PointStore, Sampler, open_source, prepare
from equipoise.training.feed import Feed
from equipoise.training.transfer import SHARE_OF_FREE_MEMORY, Ahead, Resident, fits, reader_for


def feed(store, device, reader=None):
    return Feed(
        store=store,
        sampler=Sampler(torch.arange(len(store)), seed=5),
        batch_size=8,
        device=device,
        conditional=store.labels is not None,
        reader=reader,
    )


def stream_of(store, device, reader=None, positions=(0, 8, 16, 80, 88, 0)):
    batches = [feed(store, device, reader).at(position) for position in positions]
    return [tensor.cpu() for batch in batches for tensor in (batch.samples, batch.labels) if tensor is not None]


@pytest.fixture(params=["points", "images"])
def store(request, tmp_path):
    if request.param == "points":
        return PointStore(torch.randn(30, 2), name="points")
    pictures = np.random.default_rng(0).integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
    np.savez(tmp_path / "pictures.npz", images=pictures, labels=np.arange(30) % 3)
    return prepare(open_source(tmp_path / "pictures.npz"), size=8)


def test_a_resident_reader_gives_the_stores_own_batches(store):
    device = torch.device("cpu")
    assert _same(stream_of(store, device, Resident(store, device)), stream_of(store, device))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("reader", [Resident, Ahead])
def test_on_a_gpu_too_also_where_the_stream_jumps(store, reader):
    device = torch.device("cuda")
    assert _same(stream_of(store, device, reader(store, device)), stream_of(store, torch.device("cpu")))


def test_a_cpu_reads_the_store_itself(store):
    assert reader_for(store, torch.device("cpu")) is None
    assert feed(store, torch.device("cpu")).quickened().reader is None


def test_data_fits_into_a_share_of_the_free_memory():
    store = PointStore(torch.randn(100, 2), name="points")  # 800 bytes
    assert fits(store, round(800 / SHARE_OF_FREE_MEMORY))
    assert not fits(store, round(800 / SHARE_OF_FREE_MEMORY) - 4)


def _same(ours, theirs):
    return len(ours) == len(theirs) and all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
