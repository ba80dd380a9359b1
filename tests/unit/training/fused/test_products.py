"""Which products of a graph go to whom, and how that is found out."""

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from equipoise.training.fused import products
from equipoise.training.fused.products import Faster, faster_products, may_be_large, with_faster_products
from equipoise.training.manner import Manner

ours = torch.ops.equipoise


def layer(samples, weight, bias, slope):
    """A layer, its input's gradient without a bias, and its weight's gradient."""
    return torch.nn.functional.linear(samples, weight, bias), slope @ weight, slope.t() @ samples


def handed_over(shapes, *, dtype=torch.float32, **asked):
    """How many products went to oneDNN, and how many to our own kernels."""
    stream = torch.Generator().manual_seed(1)
    numbers = [torch.randn(shape, generator=stream, dtype=dtype) for shape in shapes]
    graph = with_faster_products(make_fx(layer, tracing_mode="fake")(*numbers), Manner(kind="fused", **asked))
    for found, expected in zip(graph(*numbers), layer(*numbers), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-3)
    targets = [node.target for node in graph.graph.nodes]
    return targets.count(ours.product.default), targets.count(ours.dense_product.default)


LARGE = [(64, 256), (192, 256), (192,), (64, 192)]


@pytest.mark.parametrize(
    ("asked", "counts"),
    [({}, (0, 0)), ({"onednn": True}, (2, 0)), ({"onednn_sums": True}, (1, 0)), ({"dense": True}, (0, 3))],
    ids=str,
)
def test_each_kind_goes_where_it_was_found_faster(asked, counts):
    assert handed_over(LARGE, **asked) == counts


ALL = {"onednn": True, "onednn_sums": True, "dense": True}


@pytest.mark.parametrize(("samples", "counts"), [(256, (0, 3)), (257, (3, 0))])
def test_our_own_come_first_where_samples_are_few(samples, counts):
    assert handed_over([(samples, 256), (192, 256), (192,), (samples, 192)], **ALL) == counts


def test_small_products_and_those_in_float64_stay():
    assert handed_over([(64, 64), (64, 64), (64,), (64, 64)], **ALL) == (0, 0)
    assert handed_over(LARGE, dtype=torch.float64, **ALL) == (0, 0)


def test_a_weight_is_large_by_its_shape_and_the_samples():
    assert may_be_large(torch.zeros(192, 256), 64)
    assert not may_be_large(torch.zeros(192, 256), 32)
    assert not may_be_large(torch.zeros(1, 2**18), 64)
    assert not may_be_large(torch.zeros(64, 64, 4, 4), 64)
    assert not may_be_large(torch.zeros(2**20), 64)


@pytest.mark.parametrize(
    ("samples", "sums", "expected"),
    [
        ({"mkl": 1.0}, {"mkl": 1.0}, Faster()),
        ({"mkl": 1.0, "onednn": 0.95}, {"mkl": 1.0, "onednn": 0.8}, Faster(onednn_sums=True)),
        ({"mkl": 1.0, "onednn": 0.8}, {"mkl": 1.0, "onednn": 1.2}, Faster(onednn=True)),
        ({"mkl": 1.0, "onednn": 0.8, "dense": 0.85}, {"mkl": 1.0, "dense": 0.9}, Faster(onednn=True, dense=True)),
        ({"mkl": 1.0, "onednn": 0.8, "dense": 0.85}, {"mkl": 1.0, "dense": 1.0}, Faster(onednn=True)),
    ],
)
def test_our_own_are_taken_where_they_beat_the_better_of_the_others(monkeypatch, samples, sums, expected):
    measured = iter([samples, sums])
    monkeypatch.setattr(products, "_seconds_by_way", lambda _: next(measured))
    assert faster_products.__wrapped__() == expected


def test_every_way_that_is_here_is_measured():
    pairs = products._samples_with_weights()
    assert set(products._seconds_by_way(pairs)) == {"mkl", "onednn", "dense"}
