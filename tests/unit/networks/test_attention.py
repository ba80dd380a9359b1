import math

import torch

from equipoise.networks import SelfAttention


def test_attention_starts_as_the_identity():
    features = torch.randn(2, 16, 4, 4)
    assert torch.equal(SelfAttention(16)(features), features)


def test_attention_equals_its_equations_written_a_position_at_a_time():
    layer = SelfAttention(16)
    with torch.no_grad():
        layer.gamma.fill_(0.7)
    features = torch.randn(1, 16, 2, 3)
    columns = [features[0, :, k // 3, k % 3] for k in range(6)]
    query, key, value, output = (
        conv.weight[:, :, 0, 0].detach() for conv in (layer.query, layer.key, layer.value, layer.output)
    )
    attended = layer(features).detach()
    for j, here in enumerate(columns):
        closeness = [math.exp(float((query @ here) @ (key @ there))) for there in columns]
        seen = sum(w / sum(closeness) * (value @ there) for w, there in zip(closeness, columns, strict=True))
        torch.testing.assert_close(attended[0, :, j // 3, j % 3], here + 0.7 * (output @ seen))


def test_attention_has_a_correct_second_derivative():
    layer = SelfAttention(8).double()
    torch.nn.init.constant_(layer.gamma, 0.5)
    features = torch.randn(1, 8, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(layer, (features,))
