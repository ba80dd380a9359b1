"""What a loop's gradient penalty is, told from its own gradients.

The loss pulls at the gradient g that the loop took of the scores. A penalty `weight * mean((|g| - 1)^2)` pulls along g
by `2 * weight / batch * (|g| - 1) / |g|`, one that is centred at zero by the same for all samples, and one whose norm
goes over something else than a sample not along g at all. So the formula can be read off, weight and all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from equipoise.core.records import FactValue
from equipoise.watching.calls import PenaltySlope
from equipoise.watching.kinship import drawn_from
from equipoise.watching.sorting import Part

_ALIKE = 0.02
_POINTS = {"interpolates": "interpolates", "real": "real", "fake": "fake", "noise": "noise"}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class PenaltySeen:
    """The facts of one penalty and its gradient norms, one a sample.

    `even` is the factor by which the pull is a multiple of the gradient where it is the same for all samples, in parts
    of the loss: a penalty centred at zero keeps it from step to step, one with a norm over the whole batch does not.
    """

    facts: dict[str, FactValue]
    norms: Tensor
    even: float | None


def penalty_seen(parts: Sequence[Part], loss_scale: float | None) -> PenaltySeen | None:
    """The penalty among the parts of one step of the discriminator, None if no gradient of scores was taken.

    `loss_scale` is what the loss was multiplied by on the way, for mixed precision; without it no weight is told.
    """
    for part in parts:
        for slope in part.call.penalties.values():
            even = _even(slope, loss_scale) if part.kind == "interpolates" else None
            return PenaltySeen(facts=_facts(part, slope, loss_scale), norms=_norms(slope.gradient), even=even)
    return None


def _facts(part: Part, slope: PenaltySlope, loss_scale: float | None) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {"penalty_reaches_weights": slope.differentiable}
    if part.kind in _POINTS:
        facts["penalty_points"] = _POINTS[part.kind]
    if part.mixture is not None:
        facts["penalty_interpolation"] = part.mixture.spread
        drawn = drawn_from(part.mixture.coefficients)
        if drawn is not None and part.mixture.spread == "per_sample":
            facts["penalty_coefficient"] = drawn
    if not slope.differentiable:
        return facts
    facts["penalty_in_loss"] = slope.pull is not None
    if slope.pull is not None:
        facts |= _formula(slope.gradient.double(), slope.pull.double(), part.kind, loss_scale)
    return facts


def _formula(gradient: Tensor, pull: Tensor, kind: str, loss_scale: float | None) -> dict[str, FactValue]:
    flat, flat_pull = gradient.reshape(len(gradient), -1), pull.reshape(len(pull), -1)
    along = _along(flat, flat_pull)
    if along is None:
        return _wrong_norm(gradient, pull)
    norms = flat.norm(dim=1)
    excess = (norms - 1.0) / norms.clamp_min(1e-12)
    facts: dict[str, FactValue] = {"penalty_norm": "per_sample"}
    weight: float | None = None
    if _constant(along):
        if kind in ("real", "fake") and along.mean() > 0:
            facts["penalty"] = "r1" if kind == "real" else "r2"
            weight = float(along.mean()) * len(flat)
        elif _constant(excess):  # all norms are equal: one norm for each sample and one for all of them pull alike
            del facts["penalty_norm"]
        elif along.mean() < 0:
            facts["penalty_norm"] = "whole_batch"
        else:
            facts["penalty"] = "other"
    elif (factor := _proportional(along, excess)) is not None:
        facts["penalty"], weight = "dragan" if kind == "noise" else "gradient_penalty", factor * len(flat) / 2.0
    elif (factor := _proportional(along, excess.clamp_min(0.0))) is not None:
        facts["penalty"], weight = "one_sided_gradient_penalty", factor * len(flat) / 2.0
    if weight is not None and loss_scale:
        facts["penalty_weight"] = float(f"{weight / loss_scale:.4g}")
    return facts


def _even(slope: PenaltySlope, loss_scale: float | None) -> float | None:
    if slope.pull is None or not loss_scale:
        return None
    rows, pulls = (batch.double().reshape(len(batch), -1) for batch in (slope.gradient, slope.pull))
    along = _along(rows, pulls)
    told = along is not None and _constant(along) and not _constant(rows.norm(dim=1))
    return float(along.mean()) / loss_scale if along is not None and told else None


def _wrong_norm(gradient: Tensor, pull: Tensor) -> dict[str, FactValue]:
    """The norm went over something else than all of a sample."""
    if gradient.ndim == 4 and gradient.shape[1] > 1:
        pixels, pulls = (batch.movedim(1, -1).reshape(-1, gradient.shape[1]) for batch in (gradient, pull))
        if _along(pixels, pulls) is not None:
            return {"penalty_norm": "per_channel"}
    values = gradient.flatten()
    if _proportional(pull.flatten(), values - values.sign()) is None:
        return {}
    return {"penalty_norm": "per_channel" if gradient.ndim == 4 else "per_element"}


def _along(rows: Tensor, pulls: Tensor) -> Tensor | None:
    """The factor by which each row's pull is a multiple of it, None if the pulls point elsewhere."""
    factors = (pulls * rows).sum(dim=1) / rows.square().sum(dim=1).clamp_min(1e-30)
    missed = (pulls - factors[:, None] * rows).norm() / pulls.norm().clamp_min(1e-30)
    return factors if missed < _ALIKE else None


def _constant(values: Tensor) -> bool:
    return bool((values - values.mean()).abs().max() < 1e-3 * values.abs().max()) and bool(values.abs().max() > 0)


def _proportional(values: Tensor, shape: Tensor) -> float | None:
    """The positive factor of `values` over `shape`, None if they are not proportional."""
    if shape.norm() == 0:
        return None
    factor = float((values * shape).sum() / shape.square().sum())
    missed = float((values - factor * shape).norm() / values.norm().clamp_min(1e-30))
    return factor if factor > 0 and missed < _ALIKE else None


def _norms(gradient: Tensor) -> Tensor:
    norms: Tensor = torch.linalg.vector_norm(gradient.reshape(len(gradient), -1).float(), dim=1)
    return norms
