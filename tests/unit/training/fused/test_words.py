"""Random words are those that PyTorch draws, and its stream goes on as if it had drawn them."""

import pytest
import torch

from equipoise.networks.dropout import Dropout
from equipoise.training.fused import native, words
from equipoise.training.fused.draws import Noting
from equipoise.training.fused.words import numbers_of


@pytest.fixture(autouse=True)
def _own_kernel():
    words._kernel.cache_clear()
    yield
    words._kernel.cache_clear()


def draws_of(*sizes, share=0.3):
    """Those of dropout, with others between them."""
    with Noting() as noting:
        for size in sizes:
            torch.randn(3)
            Dropout(share)(torch.ones(size))
            torch.randint(7, (5,))
    return noting.draws


def assert_the_same(draws, seed):
    torch.manual_seed(seed)
    expected, rest = [draw.numbers() for draw in draws], torch.randn(20)
    torch.manual_seed(seed)
    found = numbers_of(draws)
    assert torch.equal(torch.randn(20), rest)
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_they_are_pytorchs_from_any_place_in_the_stream(monkeypatch):
    counts = []
    monkeypatch.setattr(words, "_drawn", lambda *a, of=words._drawn: counts.append(a[1]) or of(*a))
    assert words._kernel() is not None
    counts.clear()
    for seed in range(5):
        assert_the_same(draws_of(4096, 5000, 4 * 624 * 3, 40), seed)
    assert counts == [1024, 1250, 1872] * 5


def test_without_a_compiler_pytorch_draws_them(monkeypatch, tmp_path):
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    monkeypatch.setattr(native.shutil, "which", lambda _: None)
    assert words._kernel() is None
    assert_the_same(draws_of(5000), 1)


@pytest.mark.parametrize("shift", [1, 0])
def test_a_kernel_that_draws_others_or_leaves_the_stream_elsewhere_is_not_used(monkeypatch, shift):
    def astray(kernel, count, stream):
        found = torch.empty(count, dtype=torch.int64).random_(-(2**63), None, generator=stream) + shift
        if not shift:
            torch.rand(1, generator=stream)
        return found

    monkeypatch.setattr(words, "_drawn", astray)
    assert words._kernel() is None


def test_a_stream_of_another_layout_is_left_alone(monkeypatch):
    monkeypatch.setattr(words, "_STATE_BYTES", 5064)
    assert words._kernel() is None


def test_what_is_not_of_whole_words_is_drawn_by_pytorch():
    with Noting() as noting:
        torch.empty(2000, dtype=torch.int64).random_(-5, None)
        torch.empty(2000, dtype=torch.int32).random_(-(2**31), None)
        torch.empty(2000, dtype=torch.int64).random_(-(2**63), None, generator=torch.Generator())
        torch.randn(2000)
    assert not any(map(words._is_of_words, noting.draws))
