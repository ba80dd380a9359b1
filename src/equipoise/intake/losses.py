"""How the losses of a log are to be read: sign, sum or mean, with the penalty or without it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import Series

LOG_2 = math.log(2.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A column as a signal, and what was done to its numbers and why."""

    signal: str
    series: Series
    how: str


def early(series: Series) -> float:
    """The typical value at the beginning."""
    return float(np.median(series.values[: max(3, min(10, len(series) // 50))]))


def scaled(series: Series, factor: float, offset: float = 0.0) -> Series:
    """`factor * series + offset`."""
    return Series(series.at, factor * series.values + offset, series.broken_at)


def combined(one: Series, other: Series, weight: float = 1.0) -> Series:
    """`one + weight * other` where `one` was measured; `other` is interpolated if it was measured elsewhere."""
    values = other.values if np.array_equal(one.at, other.at) else np.interp(one.at, other.at, other.values)
    broken = [at for at in (one.broken_at, other.broken_at) if at is not None]
    return Series(one.at, one.values + weight * values, min(broken, default=None))


def discriminator_loss(columns: Mapping[str, Series], facts: Facts, *, called_total: bool) -> list[Read]:
    """What the column `d_loss` says: the loss itself first, then what follows from it."""
    series = columns["d_loss"]
    if facts.choice("objective") == "wasserstein":
        return _critic_loss(columns, facts, called_total=called_total)
    name, told = _with_penalty(columns, facts, called_total=called_total)
    factor, how = _sum_of_both(series, columns, facts)
    return [Read(signal=name, series=scaled(series, factor), how=f"{how}; {told}")]


def halves(real: Series, fake: Series) -> Series:
    """The sum of the loss on reals and that on fakes."""
    return combined(real, fake)


def wasserstein_estimate(series: Series) -> Read:
    """A column called a Wasserstein distance, turned round if it is logged as E D(G(z)) - E D(x)."""
    if len(series) and early(series) < 0 and np.mean(series.values < 0) > 0.8:
        return Read(
            signal="wasserstein/estimate",
            series=scaled(series, -1.0),
            how="nearly all values are negative: read as E D(G(z)) - E D(x), and turned round",
        )
    return Read(signal="wasserstein/estimate", series=series, how="read as E D(x) - E D(G(z))")


def _with_penalty(columns: Mapping[str, Series], facts: Facts, *, called_total: bool) -> tuple[str, str]:
    """The signal's name by whether other terms may be in the loss."""
    if called_total:
        return "loss/discriminator_total", "its name says that it is the total"
    if facts.choice("conditioning") in ("auxiliary_classifier", "other"):
        return "loss/discriminator_total", "the loss on labels is part of it"
    if any(name in columns for name in ("gp", "r1", "r2")):
        return "loss/discriminator", "a penalty has its own column, so this one is read as without it"
    penalty = facts.choice("penalty")
    if penalty == "none":
        return "loss/discriminator", "no penalty is in force"
    if penalty is None:
        return "loss/discriminator_total", "whether a penalty is part of it is not known"
    return "loss/discriminator_total", "the penalty is part of it"


def _sum_of_both(series: Series, columns: Mapping[str, Series], facts: Facts) -> tuple[float, str]:
    """The factor that makes it the sum of the loss on reals and on fakes, as our own runs log it."""
    if "d_loss_real" in columns and "d_loss_fake" in columns and len(series):
        total = halves(columns["d_loss_real"], columns["d_loss_fake"])
        if len(total) == len(series):
            ratio = float(np.median(series.values / np.where(total.values == 0, 1.0, total.values)))
            if abs(ratio - 0.5) < 0.02:
                return 2.0, "half the sum of the losses on reals and fakes: doubled"
            if abs(ratio - 1.0) < 0.02:
                return 1.0, "the sum of the losses on reals and fakes"
    if facts.choice("objective") in ("minimax", "non_saturating") and len(series):
        first = early(series)
        if abs(first - LOG_2) < 0.04:
            return 2.0, f"begins at {first:.2f}, near log 2: the mean of the losses on reals and fakes, doubled"
        if abs(first - 2 * LOG_2) < 0.1:
            return 1.0, f"begins at {first:.2f}, near 2 log 2: the sum of the losses on reals and fakes"
    return 1.0, "as logged"


def _critic_loss(columns: Mapping[str, Series], facts: Facts, *, called_total: bool) -> list[Read]:
    series, gp = columns["d_loss"], columns.get("gp")
    weight = facts.number("penalty_weight")
    free_of_penalty = facts.choice("penalty") == "none" or (gp is not None and not called_total)
    if gp is not None and len(gp) and len(series) and _includes(series, gp, weight):
        if weight is None:
            return [_total(series, "critic loss, -W + penalty (it begins where the penalty does)")]
        bare = combined(series, gp, -weight)
        how = f"critic loss, -W + {weight:g} gp; the penalty's own column was taken off"
        return [
            _total(series, how),
            Read(signal="loss/discriminator", series=bare, how=how),
            Read(signal="wasserstein/estimate", series=scaled(bare, -1.0), how="the critic loss without its penalty"),
        ]
    if free_of_penalty and len(series) and early(series) > 0 and np.mean(series.values > 0) > 0.95:
        how = "positive throughout with no penalty in it: read as +W, what the critic maximises"
        return [
            Read(signal="wasserstein/estimate", series=series, how=how),
            Read(signal="loss/discriminator", series=scaled(series, -1.0), how=how),
        ]
    if free_of_penalty:
        how = "critic loss, -W: negative while the critic ranks reals above fakes"
        return [
            Read(signal="loss/discriminator", series=series, how=how),
            Read(signal="wasserstein/estimate", series=scaled(series, -1.0), how=how),
        ]
    known = facts.choice("penalty") is not None
    return [_total(series, "critic loss, -W + penalty" if known else "critic loss, -W and perhaps a penalty")]


def _total(series: Series, how: str) -> Read:
    return Read(signal="loss/discriminator_total", series=series, how=how)


def _includes(series: Series, gp: Series, weight: float | None) -> bool:
    """At the very beginning W is near 0, so a loss that starts near `weight * gp` contains it."""
    expected = (10.0 if weight is None else weight) * float(gp.values[0])
    return expected > 0.1 and float(series.values[0]) > 0.5 * expected
