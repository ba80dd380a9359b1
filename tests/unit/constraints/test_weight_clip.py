import pytest
import torch
from torch import nn

from equipoise.constraints import share_at_bound, weight_clip
from equipoise.core.errors import SettingError


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("bound", [0.01, 0.1])
def test_every_parameter_is_clamped_in_place(dtype: torch.dtype, bound: float) -> None:
    module = network().to(dtype)
    kept = list(module.parameters())
    before = [p.detach().clone() for p in kept]
    weight_clip(module, bound)
    assert all(a is b for a, b in zip(kept, module.parameters(), strict=True))
    for parameter, old in zip(kept, before, strict=True):
        assert torch.equal(parameter.detach(), old.clamp(-bound, bound))
        assert parameter.requires_grad
        assert parameter.is_leaf
    outside = sum(int((old.abs() >= torch.tensor(bound, dtype=dtype)).sum()) for old in before)
    assert float(share_at_bound(module, bound)) == pytest.approx(outside / sum(p.numel() for p in before))


def test_share_at_bound_counts_entries_over_all_parameters() -> None:
    module = nn.Linear(3, 1)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[0.01, -0.01, 0.002]]))
        module.bias.zero_()
    assert float(share_at_bound(module, 0.01)) == 0.5


def test_a_broken_weight_is_not_hidden() -> None:
    module = nn.Linear(2, 1)
    nn.init.constant_(module.weight, float("nan"))
    weight_clip(module, 0.1)
    assert module.weight.isnan().all()


def test_a_module_without_parameters_is_left_alone() -> None:
    weight_clip(nn.Tanh(), 0.1)
    assert float(share_at_bound(nn.Tanh(), 0.1)) == 0.0


@pytest.mark.parametrize("bound", [0.0, -0.01, float("nan"), float("inf")])
def test_an_impossible_bound_is_refused(bound: float) -> None:
    with pytest.raises(SettingError, match="bound"):
        weight_clip(nn.Linear(1, 1), bound)
    with pytest.raises(SettingError, match="bound"):
        share_at_bound(nn.Linear(1, 1), bound)
