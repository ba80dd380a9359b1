"""Products of mixtures: the same numbers from fewer products, and only where nothing else could be meant."""

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from equipoise.training.fused.mixtures import with_mixed_products

aten = torch.ops.aten
ROWS, SIZE, WIDTH = 6, (1, 2, 5), 7


@pytest.fixture
def numbers():
    stream = torch.Generator().manual_seed(5)
    shapes = [(ROWS, *SIZE), (ROWS, *SIZE), (ROWS, 1, 1, 1), (WIDTH, 10), (WIDTH,)]
    return [torch.randn(shape, generator=stream, dtype=torch.float64) for shape in shapes]


def products(graph):
    return sum(node.target in (aten.mm.default, aten.addmm.default) for node in graph.graph.nodes)


def both(function, numbers):
    """How many products are left of how many; what comes out is checked."""
    graph = make_fx(function, tracing_mode="fake")(*numbers)
    before = products(graph)
    mixed = with_mixed_products(graph)
    torch.testing.assert_close(mixed(*numbers), function(*numbers), rtol=1e-12, atol=1e-12)
    return products(mixed), before


def layer(samples, weight, bias):
    return torch.nn.functional.linear(samples.flatten(1), weight, bias)


def test_a_mixture_of_two_batches_scored_as_one_needs_no_product(numbers):
    def function(real, fake, share, weight, bias):
        scored = layer(torch.cat([real, fake]), weight, bias)
        return scored, layer(share * real + (1.0 - share) * fake, weight, bias)

    assert both(function, numbers) == (1, 2)


@pytest.mark.parametrize("with_bias", [True, False])
def test_nor_does_one_of_batches_scored_apart(numbers, with_bias):
    def function(real, fake, share, weight, bias):
        bias = bias if with_bias else None
        mixture = (1.0 - share) * fake + real * share
        return layer(fake, weight, bias), layer(real, weight, bias), layer(mixture.clone(), weight, bias)

    assert both(function, numbers) == (2, 3)


def test_shares_that_do_not_add_up_to_one_are_no_mixture(numbers):
    def function(real, fake, share, weight, bias):
        scored = layer(torch.cat([real, fake]), weight, bias)
        return scored, layer(share * real + (0.5 - share) * fake, weight, bias)

    assert both(function, numbers) == (2, 2)


def test_a_share_of_each_value_is_no_mixture_of_samples(numbers):
    numbers[2] = torch.rand(ROWS, *SIZE, dtype=torch.float64)

    def function(real, fake, share, weight, bias):
        scored = layer(torch.cat([real, fake]), weight, bias)
        return scored, layer(share * real + (1.0 - share) * fake, weight, bias)

    assert both(function, numbers) == (2, 2)


def test_other_weights_are_left_alone(numbers):
    def function(real, fake, share, weight, bias):
        scored = layer(torch.cat([real, fake]), weight, bias)
        return scored, layer(share * real + (1.0 - share) * fake, 2 * weight, bias)

    assert both(function, numbers) == (2, 2)


def test_a_batch_that_was_not_scored_before_is_left_alone(numbers):
    def function(real, fake, share, weight, bias):
        mixed = layer(share * real + (1.0 - share) * fake, weight, bias)
        return mixed, layer(torch.cat([real, fake]), weight, bias)

    assert both(function, numbers) == (2, 2)


def test_a_product_that_is_written_into_holds_something_else_by_then(numbers):
    def function(real, fake, share, weight, bias):
        scored = layer(torch.cat([real, fake]), weight, bias).relu_()
        return scored, layer(share * real + (1.0 - share) * fake, weight, bias)

    assert both(function, numbers) == (2, 2)


def test_a_batch_that_is_written_into_is_another_one_by_then(numbers):
    def function(real, fake, share, weight, bias):
        real = real + 1.0
        scored = layer(torch.cat([real, fake]), weight, bias)
        real.view(-1).mul_(3.0)
        return scored, layer(share * real + (1.0 - share) * fake, weight, bias)

    assert both(function, numbers) == (2, 2)
