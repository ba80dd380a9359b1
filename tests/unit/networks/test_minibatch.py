import pytest
import torch

from equipoise.networks import MinibatchDiscrimination, MinibatchStddev


def test_minibatch_discrimination_equals_its_equation_written_as_loops():
    layer = MinibatchDiscrimination(6, kernels=4, kernel_dim=3)
    features = torch.randn(5, 6)
    matrices = (features @ layer.project.weight.T).reshape(5, 4, 3)
    expected = torch.zeros(5, 4)
    for i in range(5):
        for b in range(4):
            for j in range(5):
                expected[i, b] += torch.exp(-sum(abs(matrices[i, b, c] - matrices[j, b, c]) for c in range(3)))
    extended = layer(features)
    assert torch.equal(extended[:, :6], features)
    torch.testing.assert_close(extended[:, 6:], expected)


def test_minibatch_discrimination_sees_a_collapsed_batch():
    layer = MinibatchDiscrimination(6, kernels=4)
    collapsed = layer(torch.randn(1, 6).repeat(8, 1))[:, 6:]
    torch.testing.assert_close(collapsed, torch.full((8, 4), 8.0))
    assert layer(10 * torch.randn(8, 6))[:, 6:].mean() < 6


@pytest.mark.parametrize(
    ("batch", "groups"), [(8, [range(4), range(4, 8)]), (4, [range(4)]), (6, [range(6)]), (1, [[0]])]
)
def test_minibatch_stddev_equals_its_definition_written_as_loops(batch, groups):
    features = torch.randn(batch, 5)
    extended = MinibatchStddev(4)(features)
    assert torch.equal(extended[:, :5], features)
    for group in groups:
        members = features[list(group)]
        spreads = [sum((x - column.mean()) ** 2 for x in column) / len(column) for column in members.T]
        expected = sum((spread + 1e-8) ** 0.5 for spread in spreads) / 5
        for sample in group:
            torch.testing.assert_close(extended[sample, 5], expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_minibatch_stddev_has_finite_slopes_of_both_orders_where_a_batch_is_constant(dtype):
    features = torch.ones(4, 3, requires_grad=True, dtype=dtype)
    (slope,) = torch.autograd.grad(MinibatchStddev()(features)[:, 3].sum(), features, create_graph=True)
    (second,) = torch.autograd.grad((slope**2).sum(), features)
    assert slope.isfinite().all()
    assert second.isfinite().all()
