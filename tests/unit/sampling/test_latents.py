import math

import pytest
import torch
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.sampling import sample_latents, slerp


def unit(*values: float) -> Tensor:
    vector = torch.tensor([values], dtype=torch.float64)
    return vector / vector.norm()


def closed_form(a: list[float], b: list[float], t: float) -> list[float]:
    """Shoemake's formula for two directions, by the math module."""
    angle = math.acos(sum(x * y for x, y in zip(a, b, strict=True)))
    wa, wb = math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)
    return [wa * x + wb * y for x, y in zip(a, b, strict=True)]


def test_latents_are_standard_normal_and_follow_the_stream() -> None:
    latents = sample_latents(4000, 16, seeded_generator(1))
    assert latents.shape == (4000, 16)
    assert abs(latents.mean().item()) < 4 / 64000**0.5
    assert latents.var().item() == pytest.approx(1.0, abs=4 * (2 / 64000) ** 0.5)
    assert torch.equal(latents, sample_latents(4000, 16, seeded_generator(1), "cpu"))


@pytest.mark.parametrize(("count", "latent_dim"), [(0, 4), (4, 0)])
def test_empty_latents_are_refused(count: int, latent_dim: int) -> None:
    with pytest.raises(SettingError, match="at least 1"):
        sample_latents(count, latent_dim, seeded_generator(1))


@pytest.mark.parametrize("t", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_slerp_of_directions_is_the_closed_form(t: float) -> None:
    for a, b in (
        (unit(1, 2, -1), unit(0.5, -1, 3)),
        (unit(1, 0, 0), unit(0, 0, 1)),
        (unit(1, 0, 0), unit(-1, 0.01, 0)),
    ):
        expected = torch.tensor([closed_form(a[0].tolist(), b[0].tolist(), t)], dtype=torch.float64)
        torch.testing.assert_close(slerp(a, b, t), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_slerp_keeps_the_norm_and_meets_both_ends(dtype: torch.dtype) -> None:
    a = torch.randn(50, 8, generator=seeded_generator(1), dtype=dtype)
    b = torch.randn(50, 8, generator=seeded_generator(2), dtype=dtype)
    torch.testing.assert_close(slerp(a, b, 0.0), a)
    torch.testing.assert_close(slerp(a, b, 1.0), b, rtol=1e-5, atol=1e-5)
    for t in (0.25, 0.5):
        torch.testing.assert_close(slerp(a, b, t).norm(dim=1), (1 - t) * a.norm(dim=1) + t * b.norm(dim=1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_slerp_is_safe_for_parallel_and_opposite_latents(dtype: torch.dtype) -> None:
    a = torch.randn(20, 5, generator=seeded_generator(1), dtype=dtype)
    for t in (0.0, 0.3, 1.0):
        torch.testing.assert_close(slerp(a, a, t), a)
        torch.testing.assert_close(slerp(a, 3.0 * a, t), (1 + 2 * t) * a)
        opposite = slerp(a, -a, t)
        torch.testing.assert_close(opposite.norm(dim=1), a.norm(dim=1))
        turned = torch.nn.functional.cosine_similarity(opposite, a)
        torch.testing.assert_close(turned, torch.full((20,), math.cos(math.pi * t), dtype=dtype), rtol=0, atol=1e-5)


def test_slerp_takes_a_position_for_each_row() -> None:
    a, b = unit(1, 0, 0).expand(3, 3), unit(0, 1, 0).expand(3, 3)
    turned = slerp(a, b, torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64))
    half = math.sqrt(0.5)
    expected = torch.tensor([[1.0, 0, 0], [half, half, 0], [0, 1.0, 0]], dtype=torch.float64)
    torch.testing.assert_close(turned, expected)


def test_slerp_from_or_to_zero_is_finite() -> None:
    zero, b = torch.zeros(1, 3), torch.ones(1, 3)
    assert slerp(zero, b, 0.5).isfinite().all()
    torch.testing.assert_close(slerp(zero, b, 1.0), b)
    assert slerp(zero, zero, 0.5).isfinite().all()
