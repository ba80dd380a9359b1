"""Dropout's masks are hidden from the compiler and stay what they are."""

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from equipoise.training.fused import masks, native
from equipoise.training.fused.masks import with_masks_apart

at_least = torch.ops.equipoise.at_least.default


def masked(bits, counts, values):
    return values * (bits >= -100), values * (counts >= 3)


def test_comparisons_of_short_integers_alone_are_kept_apart():
    rng = torch.Generator().manual_seed(0)
    bits = torch.randint(-(2**15), 2**15, (6, 50), generator=rng, dtype=torch.int16)
    counts, values = torch.randint(7, (6, 50), generator=rng), torch.randn(6, 50, generator=rng)
    graph = with_masks_apart(make_fx(masked, tracing_mode="fake")(bits, counts, values))
    assert [node.target for node in graph.graph.nodes].count(at_least) == 1
    for found, expected in zip(graph(bits, counts, values), masked(bits, counts, values), strict=True):
        assert torch.equal(found, expected)


def test_what_is_known_of_an_outcome_beforehand_is_so():
    bits = torch.zeros(6, 50, dtype=torch.int16).t()
    found, told = torch.ops.equipoise.at_least(bits, 0), torch.ops.equipoise.at_least(bits.to("meta"), 0)
    assert (found.shape, found.stride(), found.dtype) == (told.shape, told.stride(), told.dtype)


@pytest.fixture(params=["compiled", "no compiler"])
def _loop(request, monkeypatch, tmp_path):
    """The loop of our own, and PyTorch's in its place."""
    if request.param == "no compiler":
        monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
        monkeypatch.setattr(native.shutil, "which", lambda _: None)
    masks._kernel.cache_clear()
    assert (masks._kernel() is None) is (request.param == "no compiler")
    yield
    masks._kernel.cache_clear()


@pytest.mark.usefixtures("_loop")
def test_a_value_at_the_bound_counts():
    values = torch.tensor([-3, 4, 5, 6], dtype=torch.int16)
    assert torch.ops.equipoise.at_least(values, 5).tolist() == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.usefixtures("_loop")
@pytest.mark.parametrize("shape", [(3, 7), (300, 211)])  # one for a thread alone, one for a team
def test_every_value_is_compared_however_it_lies(shape):
    values = torch.randint(-(2**15), 2**15, shape, generator=torch.Generator().manual_seed(0), dtype=torch.int16)
    for laid_out in (values, values.t()):
        expected = [[float(value >= -13107) for value in row] for row in laid_out.tolist()]
        assert torch.ops.equipoise.at_least(laid_out, -13107).tolist() == expected
