import pytest
import torch
from torch import Tensor, nn

from equipoise.constraints import spectral_norm
from equipoise.core.errors import SettingError


class Projection(nn.Module):
    """One layer of each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(2, 5, 3)
        self.conv = nn.Conv2d(5, 4, 3)
        self.linear = nn.Linear(4, 1)
        self.classes = nn.Embedding(3, 4)

    def forward(self, samples: Tensor, labels: Tensor) -> Tensor:
        features = self.conv(self.up(samples).relu()).relu().sum(dim=(2, 3))
        return self.linear(features).flatten() + (self.classes(labels) * features).sum(dim=1)


def projection() -> Projection:
    torch.manual_seed(3)
    return Projection()


def largest_singular_values(module: Projection) -> list[float]:
    out_first = [module.up.weight.transpose(0, 1), module.conv.weight, module.linear.weight, module.classes.weight]
    return [float(torch.linalg.matrix_norm(w.detach().flatten(1), ord=2)) for w in out_first]


def test_every_layer_ends_at_spectral_norm_one() -> None:
    module = projection()
    with torch.no_grad():
        module.conv.weight *= 7.0
    assert spectral_norm(module) is module
    for _ in range(100):
        module(torch.randn(2, 2, 4, 4), torch.tensor([0, 2]))
    assert largest_singular_values(module) == pytest.approx([1.0] * 4, rel=1e-3)


def test_evaluation_moves_no_buffer() -> None:
    module = spectral_norm(projection()).eval()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    module(torch.randn(2, 2, 4, 4), torch.tensor([0, 2]))
    assert all(torch.equal(value, before[key]) for key, value in module.state_dict().items())


def test_a_second_call_changes_nothing() -> None:
    module = spectral_norm(projection())
    before = {key: value.clone() for key, value in module.state_dict().items()}
    after = spectral_norm(module, seed=8).state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[key]) for key, value in before.items())


def test_start_follows_the_seed_and_leaves_the_global_stream_alone() -> None:
    states = []
    for seed, disturbance in ((1, 0), (1, 17), (2, 0)):
        module = projection()
        torch.manual_seed(disturbance)
        stream = torch.get_rng_state()
        states.append(spectral_norm(module, seed=seed).state_dict())
        assert torch.equal(torch.get_rng_state(), stream)
    vectors = [key for key in states[0] if key.endswith("_u")]
    assert len(vectors) == 4
    assert all(torch.equal(states[0][key], states[1][key]) for key in vectors)
    assert not all(torch.equal(states[0][key], states[2][key]) for key in vectors)


def test_two_scores_before_one_backward_are_allowed() -> None:
    module = spectral_norm(projection())
    labels = torch.tensor([0, 2])
    (module(torch.randn(2, 2, 4, 4), labels) - module(torch.randn(2, 2, 4, 4), labels)).sum().backward()
    assert all(p.grad is not None for key, p in module.named_parameters() if "original" in key)


def test_nothing_to_normalise_is_refused() -> None:
    with pytest.raises(SettingError, match="no linear"):
        spectral_norm(nn.Tanh())
    with pytest.raises(SettingError, match="power_iterations"):
        spectral_norm(nn.Linear(2, 1), power_iterations=0)
