import pytest
import torch

from equipoise.constraints import ModeSeeking
from equipoise.core.errors import SettingError


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_value_is_the_inverse_ratio_of_mean_distances() -> None:
    fakes, latents = (draw(3, 2, 4, 4, seed=1), draw(3, 2, 4, 4, seed=2)), (draw(3, 5, seed=3), draw(3, 5, seed=4))
    apart = sum(abs(a - b) for a, b in zip(*(f.flatten().tolist() for f in fakes), strict=True)) / 96
    given = sum(abs(a - b) for a, b in zip(*(z.flatten().tolist() for z in latents), strict=True)) / 15
    value = ModeSeeking()(*fakes, latents_a=latents[0], latents_b=latents[1])
    assert float(value) == pytest.approx(1 / (apart / given + 1e-5), rel=1e-12)


def test_collapsed_samples_cost_the_most_and_stay_finite() -> None:
    fake = torch.zeros(3, 2, requires_grad=True)
    value = ModeSeeking()(fake, fake * 1.0, latents_a=torch.zeros(3, 4), latents_b=torch.ones(3, 4))
    assert value.item() == pytest.approx(1e5)
    value.backward()
    assert fake.grad.isfinite().all()


def test_descent_moves_samples_apart() -> None:
    fake_a = draw(3, 2, seed=1).requires_grad_()
    fake_b = draw(3, 2, seed=2)
    ModeSeeking()(fake_a, fake_b, latents_a=draw(3, 4, seed=3), latents_b=draw(3, 4, seed=4)).backward()
    assert ((fake_a.grad * (fake_a - fake_b)) < 0).all()


def test_a_zero_eps_is_refused() -> None:
    with pytest.raises(SettingError, match="eps"):
        ModeSeeking(eps=0.0)
