"""Which objective a log is of, where nobody said it: a guess from what its numbers can and cannot be."""

from collections.abc import Mapping

import numpy as np

from equipoise.core.history import Series
from equipoise.core.records import FactValue
from equipoise.intake.losses import LOG_2, combined, early

ABOVE_SQUARES = 1.5
"""A generator's least-squares loss stays near 1 at most; a cross-entropy does not."""

Guess = dict[str, tuple[FactValue, str]]


def guessed(columns: Mapping[str, Series]) -> Guess:
    """Facts with the reason for each. `columns` are by meaning; empty if the log could be of anything."""
    objective = _objective({name: series for name, series in columns.items() if len(series)})
    guess: Guess = {} if objective is None else {"objective": objective}
    if "gp" in columns and objective is not None and objective[0] == "wasserstein":
        guess["penalty"] = ("gradient_penalty", "a gradient penalty is logged")
    elif "r1" in columns:
        guess["penalty"] = ("r1_r2", "R1 and R2 are logged") if "r2" in columns else ("r1", "R1 is logged")
    return guess


def _objective(columns: Mapping[str, Series]) -> tuple[FactValue, str] | None:
    if "w" in columns or "w_loss" in columns:
        return "wasserstein", "a Wasserstein distance is logged"
    loss = columns.get("d_loss")
    if loss is not None and np.mean(loss.values < -1e-3) > 0.1:
        return "wasserstein", "the discriminator's loss is negative, which only a critic's can be"
    if "gp" in columns and _scores(columns) and not _probabilities(columns):
        return "wasserstein", "a gradient penalty and unbounded scores are logged"
    if "sign_real" in columns:
        return "non_saturating", "scores and their signs are logged as StyleGAN's programs do"
    if _probabilities(columns):
        return _logistic(columns, "D(x) and D(G(z)) lie between 0 and 1")
    if loss is None and {"d_loss_real", "d_loss_fake"} <= set(columns):
        loss = combined(columns["d_loss_real"], columns["d_loss_fake"])
    return None if loss is None else _by_losses(loss, columns)


def _by_losses(loss: Series, columns: Mapping[str, Series]) -> tuple[FactValue, str] | None:
    first = early(loss)
    generator = columns.get("g_loss", columns.get("g_adversarial"))
    if generator is not None and np.mean(generator.values < -1e-3) > 0.05:
        if first <= 2.5:
            return "hinge", "the generator's loss turns negative and the discriminator's never does"
        return None
    if abs(first - 2 * LOG_2) < 0.1 or abs(first - LOG_2) < 0.04:
        return _logistic(columns, f"the discriminator's loss begins at {first:.2f}, near log 2 or 2 log 2")
    if generator is not None and bool(np.all(loss.values >= 0)) and generator.values.max() > ABOVE_SQUARES:
        return "non_saturating", "both losses stay above 0, and the generator's goes beyond what least squares gives"
    return None


def _scores(columns: Mapping[str, Series]) -> bool:
    return "d_real" in columns and "d_fake" in columns


def _probabilities(columns: Mapping[str, Series]) -> bool:
    return _scores(columns) and all(bounded(columns[name]) for name in ("d_real", "d_fake"))


def bounded(series: Series) -> bool:
    """Whether all values lie in [0, 1]."""
    return bool(len(series)) and bool(np.all((series.values >= -1e-6) & (series.values <= 1 + 1e-6)))


def _logistic(columns: Mapping[str, Series], why: str) -> tuple[FactValue, str]:
    generator = columns.get("g_loss")
    if generator is not None and len(generator) and np.mean(generator.values < 0) > 0.9:
        return "minimax", f"{why}, and the generator's loss is negative as log(1 - D(G(z))) is"
    return "non_saturating", why
