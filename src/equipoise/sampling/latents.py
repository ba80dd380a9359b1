"""Where samples come from: normal latents, and the way from one latent to another."""

import torch
from jaxtyping import Float
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.core.types import Latents


def sample_latents(
    count: int, latent_dim: int, rng: torch.Generator, device: torch.device | str | None = None
) -> Latents:
    """Standard normal latents `(count, latent_dim)`, drawn where `rng` lives and then moved to `device`.

    A stream on the CPU therefore gives the same latents on every device.
    """
    if count < 1 or latent_dim < 1:
        raise SettingError(f"`count` and `latent_dim` are {count} and {latent_dim}, but must be at least 1.")
    latents = torch.randn(count, latent_dim, generator=rng, device=rng.device)
    return latents if device is None else latents.to(device)


def slerp(a: Latents, b: Latents, t: float | Float[Tensor, " batch"]) -> Latents:
    """Spherical interpolation from `a` (t = 0) to `b` (t = 1), row by row.

    Shoemake 1985; for the latents of a generator White 2016 (arXiv:1609.04468).
    The direction turns at constant speed and the norm goes linearly from one to the other, so that the way between
    normal latents stays where normal latents lie; a straight line would cut through the empty middle. Opposite latents
    have no shortest arc: one of them is taken. In one dimension there is no arc, and opposite ones go through 0.
    """
    share = torch.as_tensor(t, dtype=a.dtype, device=a.device).reshape(-1, 1)
    norm_a, norm_b = a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True)
    direction_a, direction_b = _scaled(a, norm_a), _scaled(b, norm_b)
    cosine = (direction_a * direction_b).sum(dim=1, keepdim=True)
    aside = direction_b - cosine * direction_a
    sine = aside.norm(dim=1, keepdim=True)
    aside = torch.where(sine > 8 * torch.finfo(a.dtype).eps, _scaled(aside, sine), _perpendicular(direction_a))
    angle = torch.atan2(sine, cosine) * share
    way: Latents = ((1 - share) * norm_a + share * norm_b) * (angle.cos() * direction_a + angle.sin() * aside)
    return way


def _scaled(vectors: Latents, norms: Float[Tensor, "batch 1"]) -> Latents:
    scaled: Latents = vectors / norms.clamp_min(torch.finfo(vectors.dtype).tiny)
    return scaled


def _perpendicular(directions: Latents) -> Latents:
    """A unit vector at right angles to each: the axis it leans on least, made orthogonal. Zero in one dimension."""
    axis = torch.zeros_like(directions).scatter_(1, directions.abs().argmin(dim=1, keepdim=True), 1.0)
    aside = axis - (axis * directions).sum(dim=1, keepdim=True) * directions
    return _scaled(aside, aside.norm(dim=1, keepdim=True))
