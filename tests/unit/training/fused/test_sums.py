"""Sums of products as one product: the same numbers, and only where it pays."""

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from equipoise.training.fused.sums import with_joined_products

aten = torch.ops.aten


def counts(graph):
    targets = [node.target for node in graph.graph.nodes]
    return targets.count(aten.mm.default), targets.count(aten.add.Tensor)


def both(*shapes, transposed=False):
    numbers = [torch.randn(shape, dtype=torch.float64) for shape in shapes]

    def function(a, b, c, d):
        return (a.t() @ b + c.t() @ d) if transposed else (a @ b + c @ d)

    graph = make_fx(function, tracing_mode="fake")(*numbers)
    joined = with_joined_products(graph)
    torch.testing.assert_close(joined(*numbers), function(*numbers))
    return counts(joined)


@pytest.mark.parametrize("transposed", [False, True])
def test_two_products_of_few_samples_become_one(transposed):
    shapes = [(2, 30), (2, 40), (3, 30), (3, 40)] if transposed else [(30, 2), (2, 40), (30, 3), (3, 40)]
    assert both(*shapes, transposed=transposed) == (1, 0)


def test_products_over_many_samples_are_left_alone():
    assert both((30, 200), (200, 40), (30, 300), (300, 40)) == (2, 1)


def test_a_product_that_is_wanted_for_itself_too_is_left_alone():
    def function(a, b, c, d):
        product = a @ b
        return product + c @ d, product

    numbers = [torch.randn(shape) for shape in [(30, 2), (2, 40), (30, 3), (3, 40)]]
    assert counts(with_joined_products(make_fx(function, tracing_mode="fake")(*numbers))) == (2, 1)


def test_three_products_become_one():
    def function(a, b):
        return a.t() @ b + (2 * a).t() @ b + (3 * a).t() @ b

    numbers = [torch.randn(2, 30), torch.randn(2, 40)]
    joined = with_joined_products(make_fx(function, tracing_mode="fake")(*numbers))
    torch.testing.assert_close(joined(*numbers), function(*numbers))
    assert counts(joined) == (1, 0)
