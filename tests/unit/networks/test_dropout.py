"""Our dropout: the law of PyTorch's, from fewer random bits."""

import pytest
import torch

from equipoise.networks.dropout import Dropout

COUNT = 400_001  # no multiple of the four values that are drawn at a time


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.9])
def test_the_share_that_is_dropped_and_the_mean_that_is_kept(share):
    torch.manual_seed(3)
    values = Dropout(share)(torch.ones(COUNT, dtype=torch.float64))
    dropped = (values == 0).double().mean().item()
    spread = (share * (1 - share) / COUNT) ** 0.5
    assert abs(dropped - share) < 5 * spread + 2**-17
    assert values.max().item() == pytest.approx(1 / (1 - share), rel=2**-16 / (1 - share))
    assert abs(values.mean().item() - 1.0) < 5 * spread / (1 - share)


def test_values_are_dropped_independently_of_their_neighbours():
    torch.manual_seed(4)
    dropped = (Dropout(0.3)(torch.ones(COUNT)) == 0).double() - 0.3
    for lag in range(1, 9):
        correlation = (dropped[lag:] * dropped[:-lag]).mean().item() / 0.21
        assert abs(correlation) < 5 / COUNT**0.5


def test_masks_follow_the_global_stream_and_differ_from_call_to_call():
    layer, values = Dropout(0.5), torch.ones(64, 3, 5)
    torch.manual_seed(1)
    first, second = layer(values), layer(values)
    torch.manual_seed(1)
    assert torch.equal(first, layer(values))
    assert not torch.equal(first, second)


def test_gradients_pass_where_values_are_kept_and_twice():
    torch.manual_seed(2)
    values = torch.randn(50, dtype=torch.float64, requires_grad=True)
    kept = Dropout(0.4)(values)
    (slope,) = torch.autograd.grad(kept.square().sum(), values, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), values)
    scale = (kept / values).detach()
    torch.testing.assert_close(slope, 2 * scale**2 * values)
    torch.testing.assert_close(curvature, 2 * scale**2)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nothing_and_everything_are_dropped_exactly(share):
    torch.testing.assert_close(Dropout(share)(torch.ones(9)), torch.full((9,), 1.0 - share))


def test_outside_training_it_does_nothing():
    values = torch.randn(9)
    assert torch.equal(Dropout(0.5).eval()(values), values)
