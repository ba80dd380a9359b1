"""Which products of a graph go to oneDNN."""

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from equipoise.training.fused.products import with_onednn_products

ours = torch.ops.equipoise.product.default


def layer(samples, weight, bias, slope):
    """A layer, its input's gradient without a bias, and its weight's gradient."""
    return torch.nn.functional.linear(samples, weight, bias), slope @ weight, slope.t() @ samples


def handed_over(shapes, *, dtype=torch.float32, **asked):
    stream = torch.Generator().manual_seed(1)
    numbers = [torch.randn(shape, generator=stream, dtype=dtype) for shape in shapes]
    graph = with_onednn_products(make_fx(layer, tracing_mode="fake")(*numbers), **asked)
    for found, expected in zip(graph(*numbers), layer(*numbers), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-3)
    return sum(node.target is ours for node in graph.graph.nodes)


LARGE = [(64, 256), (192, 256), (192,), (64, 192)]


@pytest.mark.parametrize(("samples", "sums", "count"), [(False, False, 0), (True, False, 2), (False, True, 1)])
def test_each_kind_goes_where_it_was_found_faster(samples, sums, count):
    assert handed_over(LARGE, samples=samples, sums=sums) == count


def test_small_products_stay():
    assert handed_over([(64, 64), (64, 64), (64,), (64, 64)], samples=True, sums=True) == 0


def test_products_in_float64_stay():
    assert handed_over(LARGE, dtype=torch.float64, samples=True, sums=True) == 0
