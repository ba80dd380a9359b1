"""Where a penalty takes the discriminator's gradient, and how it mixes reals with fakes to get there."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from equipoise.core.records import FactValue
from equipoise.probes.active.penalty_call import PenaltyCall, planted_samples, replaced_critic
from equipoise.probes.active.players import SEED
from equipoise.probes.active.result import NotTested, ProbeResult, Tested, verdict_of

CALLS = 64
COEFFICIENTS = 512
_ON_LINE = 1e-3
_KS = 1.95
"""Critical value of the Kolmogorov statistic times the root of the count, at a level of 0.1 %."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """How one point was mixed: `kind` is real, fake, per_sample, per_batch, per_element or other."""

    kind: str
    coefficients: NDArray[np.float64]


def points_test(call: PenaltyCall) -> Tested:
    """Record the points, solve `x = a * real + (1 - a) * fake` for `a`, and test how `a` is distributed."""
    mixtures: list[Mixture] = []
    for number in range(CALLS):
        mixtures += _mixtures(call, seed=SEED + number)
        if sum(len(mixture.coefficients) for mixture in mixtures) >= COEFFICIENTS:
            break
    kinds = {mixture.kind for mixture in mixtures}
    if not kinds:
        why = "the penalty never called the discriminator that was given to check"
        return NotTested(name="penalty points", why=why, give="let it use the discriminator it is handed")
    if kinds <= {"real", "fake"}:
        return _at_samples(kinds)
    mixing = kinds & {"per_sample", "per_batch", "per_element"}
    if not mixing:
        return _elsewhere(call)
    kind = "per_element" if "per_element" in mixing else ("per_sample" if "per_sample" in mixing else "per_batch")
    drawn = np.concatenate([mixture.coefficients for mixture in mixtures])
    return _interpolation(kind, drawn)


def _interpolation(kind: str, drawn: NDArray[np.float64]) -> ProbeResult:
    shape = distribution_of(drawn)
    outside = float(((drawn < -_ON_LINE) | (drawn > 1 + _ON_LINE)).mean())
    text = f"at interpolates, one coefficient {_DRAWN[kind]}, {shape}"
    text += f" ({outside:.0%} of {len(drawn)} lie outside [0, 1])" if outside else ""
    facts: dict[str, FactValue] = {
        "penalty_points": "interpolates",
        "penalty_interpolation": kind,
        "penalty_coefficient": shape,
    }
    good = kind == "per_sample" and shape == "uniform"
    return ProbeResult(name="penalty points", outcome=verdict_of(good), sentence=text, facts=facts)


_DRAWN = {"per_sample": "a sample", "per_batch": "for the whole batch", "per_element": "for every single value"}


def _at_samples(kinds: set[str]) -> ProbeResult:
    where = "real" if "real" in kinds else "fake"
    text = f"at the {' and the '.join(sorted(kinds, reverse=True))} samples themselves"
    facts: dict[str, FactValue] = {"penalty_points": where} if len(kinds) == 1 else {}
    return ProbeResult(name="penalty points", outcome="measured", sentence=text, facts=facts)


def _elsewhere(call: PenaltyCall) -> ProbeResult:
    """Around the reals, as DRAGAN does, if other fakes change nothing."""
    real, fake = planted_samples(call.players)
    first, second = (_asked(call, real, samples, seed=SEED) for samples in (fake, -fake))
    around = len(first) == len(second) and all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    text = "at noisy reals" if around else "at points that are no straight mixture of reals and fakes"
    facts: dict[str, FactValue] = {"penalty_points": "noise"} if around else {}
    return ProbeResult(name="penalty points", outcome="measured", sentence=text, facts=facts)


def _mixtures(call: PenaltyCall, *, seed: int) -> list[Mixture]:
    real, fake = planted_samples(call.players)
    points = _asked(call, real, fake, seed=seed)
    return [_mixture(point.reshape(len(point), -1), real.flatten(1), fake.flatten(1)) for point in points]


def _asked(call: PenaltyCall, real: Tensor, fake: Tensor, *, seed: int) -> list[Tensor]:
    with replaced_critic(call.players, lambda samples: samples.flatten(1).square().sum(dim=1)) as asked:
        torch.manual_seed(seed)
        with torch.enable_grad():
            call(real, fake)
    return [point.detach().clone() for point in asked]


def _mixture(points: Tensor, real: Tensor, fake: Tensor) -> Mixture:
    nothing = np.empty(0)
    if points.shape != real.shape:
        return Mixture("other", nothing)
    for kind, samples in (("real", real), ("fake", fake)):
        if torch.allclose(points, samples, atol=1e-6):
            return Mixture(kind, nothing)
    along, offset = (real - fake).double(), (points - fake).double()
    ours = (offset * along).sum(dim=1) / along.square().sum(dim=1)
    off_line = (offset - ours[:, None] * along).norm() / along.norm()
    if off_line < _ON_LINE:
        one = len(ours) > 1 and (ours - ours[0]).abs().max() < _ON_LINE
        values = ours[:1] if one else ours
        return Mixture("per_batch" if one else "per_sample", np.asarray(values.cpu().numpy()))
    return _by_element(offset, along)


def _by_element(offset: Tensor, along: Tensor) -> Mixture:
    """A coefficient for each value fits any point at all, so it must also look drawn from a known distribution."""
    clear = along.abs() > 0.2
    values = np.asarray((offset / along)[clear].cpu().numpy())
    if distribution_of(values) == "other":
        return Mixture("other", np.empty(0))
    return Mixture("per_element", values[:COEFFICIENTS])


def distribution_of(values: NDArray[np.float64]) -> str:
    """`uniform` on [0, 1], standard `normal`, or `other`, by Kolmogorov's test."""
    limit = _KS / math.sqrt(len(values))
    ordered = np.sort(values)
    if _distance(np.clip(ordered, 0.0, 1.0)) < limit and not ((ordered < -_ON_LINE) | (ordered > 1 + _ON_LINE)).any():
        return "uniform"
    normal = np.array([0.5 * (1.0 + math.erf(value / math.sqrt(2.0))) for value in ordered.tolist()])
    # `1 - a` of a normal `a` is what is solved for where reals and fakes are mixed the other way round
    turned = np.array([0.5 * (1.0 + math.erf((value - 1.0) / math.sqrt(2.0))) for value in ordered.tolist()])
    return "normal" if min(_distance(normal), _distance(turned)) < limit else "other"


def _distance(cumulative: NDArray[np.float64]) -> float:
    """Kolmogorov's, of sorted values of a distribution function."""
    count = len(cumulative)
    steps = np.arange(count + 1) / count
    return float(max((steps[1:] - cumulative).max(), (cumulative - steps[:-1]).max()))
