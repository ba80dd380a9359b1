"""What the gradient of a step is made of: what came in for this step, what the other player left, what is old."""

from typing import Literal

import torch
from torch import Tensor

_EXPLAINED = 1e-3
_PRESENT = 1e-2
Origin = Literal["own", "foreign", "stale", "unknown"]


def made_of(gradient: Tensor, own: Tensor | None, foreign: Tensor | None, previous: Tensor | None) -> Origin:
    """Which gradients stand in `gradient` at a step.

    `own` is the sum of what came in for this step, `foreign` of what the other player's passes added since the last
    one, `previous` what stood there at the last step. Gradients may have been scaled in between, by a loss scaler or a
    bound on their norm, so each has a factor of its own. `unknown` where they do not add up, as with gradients that are
    averaged over processes.
    """
    target = gradient.detach().flatten().double()
    parts = {name: part.flatten().double() for name, part in _named(own, foreign, previous)}
    if "own" not in parts or not torch.isfinite(target).all() or target.norm() == 0:
        return "unknown"
    tried: tuple[tuple[Origin, tuple[str, ...]], ...] = (
        ("own", ("own",)),
        ("foreign", ("own", "foreign")),
        ("stale", ("own", "previous")),
        ("stale", ("own", "foreign", "previous")),
    )
    for verdict, names in tried:
        if all(name in parts for name in names) and _explains(target, [parts[name] for name in names]):
            return verdict
    return "unknown"


def _named(*parts: Tensor | None) -> list[tuple[str, Tensor]]:
    pairs = zip(("own", "foreign", "previous"), parts, strict=True)
    return [(name, part) for name, part in pairs if part is not None and part.norm() > 0]


def _explains(target: Tensor, parts: list[Tensor]) -> bool:
    """Whether positive multiples of all parts, none of them negligible, add up to the target."""
    if target.numel() < 4 * len(parts):
        return False
    design = torch.stack(parts, dim=1)
    factors = torch.linalg.lstsq(design.cpu(), target[:, None].cpu()).solution[:, 0].to(target.device)
    shares = factors * design.norm(dim=0) / target.norm()
    missed = (target - design @ factors).norm() / target.norm()
    return bool(missed < _EXPLAINED) and bool((shares > _PRESENT).all())
