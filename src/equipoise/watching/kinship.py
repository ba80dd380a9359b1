"""Which batch is which: found again by its values, or as a point between two others."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

_EXACT = 1e-4
_INSIDE = 0.01
AKIN = 0.3
"""What `descends` is at least for a batch that was augmented."""
Spread = Literal["per_sample", "per_batch", "per_element"]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """`coefficients * real + (1 - coefficients) * fake`, and for what one coefficient was drawn."""

    coefficients: Tensor
    spread: Spread


def rows(samples: Tensor) -> Tensor:
    """One flat row a sample, without a graph."""
    return samples.detach().reshape(len(samples), -1)


def place_in(samples: Tensor, known: Tensor) -> slice | None:
    """Where `known` lies in `samples`: as a whole, at the head or at the tail of a joined batch; None if nowhere.

    Values that follow a sample's own, as a map of its label does, are passed over.
    """
    if samples is known:
        return slice(0, len(known))
    whole, part = rows(samples), rows(known).to(samples.dtype)
    if whole.device != part.device or len(part) > len(whole) or part.shape[1] > whole.shape[1] or not part.numel():
        return None
    whole = whole[:, : part.shape[1]]
    for start in sorted({0, len(whole) - len(part)}):
        stretch = whole[start : start + len(part)]
        if torch.equal(stretch[0, :8], part[0, :8]) and torch.equal(stretch, part):
            return slice(start, start + len(part))
    return None


def mixture_of(samples: Tensor, real: Tensor, fake: Tensor) -> Mixture | None:
    """The coefficients with which `samples` lie on lines between pairs of `real` and `fake`; None if they do not."""
    x, r, f = (rows(batch).double() for batch in (samples, real, fake))
    if not x.shape == r.shape == f.shape:
        return None
    way, went = r - f, x - f
    coefficients = (went * way).sum(dim=1) / way.square().sum(dim=1).clamp_min(1e-30)
    missed = (went - coefficients[:, None] * way).norm() / way.norm().clamp_min(1e-30)
    if missed < _EXACT:
        alike = len(x) > 1 and (coefficients - coefficients.mean()).abs().max() < _EXACT
        return Mixture(coefficients, "per_batch" if alike else "per_sample")
    each = went / torch.where(way.abs() < 1e-6, torch.nan, way)
    known = each[each.isfinite()]
    inside = ((known > -_INSIDE) & (known < 1 + _INSIDE)).double().mean() if len(known) else known.new_zeros(())
    return Mixture(known, "per_element") if inside > 0.99 and x.shape[1] > 1 else None


def drawn_from(coefficients: Tensor) -> str | None:
    """The distribution of interpolation coefficients: `uniform`, `normal` if some leave [0, 1], None if too few."""
    outside = ((coefficients < -_INSIDE) | (coefficients > 1 + _INSIDE)).double().mean().item()
    if outside > 0:
        return "normal"
    return "uniform" if len(coefficients) >= 16 else None


def descends(samples: Tensor, known: Tensor) -> float:
    """How much more each row correlates with its own row of `known` than with another's: augmentation keeps some."""
    a, b = rows(samples).float(), rows(known).float()
    if a.shape != b.shape or len(a) < 2 or a.shape[1] < 2:
        return 0.0
    a, b = (_standardised(batch - batch.mean(dim=0)) for batch in (a, b))
    own, others = (a * b).sum(dim=1).mean(), (a * b.roll(1, 0)).sum(dim=1).mean()
    return float(own - others)


def _standardised(batch: Tensor) -> Tensor:
    centred = batch - batch.mean(dim=1, keepdim=True)
    standardised: Tensor = centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-12)
    return standardised
