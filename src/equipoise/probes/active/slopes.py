"""What a pair of losses does to scores: the slope of each loss at each score, from the user's own functions."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from equipoise.core.errors import SettingError
from equipoise.probes.active.players import SEED
from equipoise.probes.active.snapshot import as_it_was

Values = NDArray[np.float64]
PairLoss = Callable[[Tensor, Tensor], Tensor]
"""`(real_scores, fake_scores)` to a scalar."""

LOGITS = (-3.0, 3.0)
PROBABILITIES = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Slopes:
    """Scores, the slope of a loss at each of them times their number, and the scores of the other side."""

    scores: Values
    slopes: Values
    partner: Values


@dataclass(frozen=True, kw_only=True, slots=True)
class GameSlopes:
    """Of the discriminator's loss at reals and at fakes, of the generator's at fakes; None where it is not known."""

    real: Slopes | None = None
    fake: Slopes | None = None
    generator: Slopes | None = None


def pair_loss(loss: Callable[..., object], *, argument: str) -> PairLoss:
    """The user's loss as a function of both scores, whichever it takes and in whichever order its names say.

    Raises:
        SettingError: it takes no scores that could be handed to it.
    """
    try:
        parameters = list(inspect.signature(loss).parameters.values())
    except ValueError:  # a built-in shows no signature
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [p.name for p in parameters if p.name in names and p.default is p.empty] or names
    if not 1 <= len(needed) <= 2:
        raise SettingError(
            f"`{argument}` takes {needed or 'nothing'}, but must take (real_scores, fake_scores) or (fake_scores). "
            "Wrap it in a function that does."
        )
    fake_first = len(needed) == 2 and _says(needed[0], "fake") and not _says(needed[1], "fake")

    def call(real: Tensor, fake: Tensor) -> Tensor:
        if len(needed) == 1:
            return _scalar(loss(fake), argument)
        return _scalar(loss(fake, real) if fake_first else loss(real, fake), argument)

    return call


def measured_slopes(discriminator_loss: PairLoss | None, generator_loss: PairLoss | None, like: Tensor) -> GameSlopes:
    """Slopes on a grid of scores shaped like `like`, the discriminator's output.

    On logits if the losses take any number, on probabilities if they do not.

    Raises:
        SettingError: a loss fails on both.
    """
    failure: Exception | None = None
    for low, high in (LOGITS, PROBABILITIES):
        try:
            slopes = _on_grid(discriminator_loss, generator_loss, like, low, high)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            failure = error
            continue
        if slopes is not None:
            return slopes
    reason = f": {failure}" if failure else ": it gives no finite numbers"
    raise SettingError(
        f"A loss fails on scores of shape {tuple(like.shape)}, in [-3, 3] and in [0.05, 0.95]{reason}. "
        "It is called with the discriminator's output; wrap it in a function that takes that."
    )


def _on_grid(
    discriminator_loss: PairLoss | None, generator_loss: PairLoss | None, like: Tensor, low: float, high: float
) -> GameSlopes | None:
    grid = torch.linspace(low, high, len(like), device=like.device)
    order = torch.randperm(len(like), generator=torch.Generator().manual_seed(SEED)).to(like.device)
    real, fake = (_shaped(values, like) for values in (grid, grid[order]))
    parts: dict[str, Slopes] = {}
    if discriminator_loss is not None:
        at_real, at_fake = _gradients(discriminator_loss, real, fake)
        parts["real"], parts["fake"] = _slopes(real, at_real, fake), _slopes(fake, at_fake, real)
    if generator_loss is not None:
        parts["generator"] = _slopes(fake, _gradients(generator_loss, real, fake)[1], real)
    finite = all(np.isfinite(part.slopes).all() for part in parts.values())
    return GameSlopes(**parts) if finite else None


def _shaped(values: Tensor, like: Tensor) -> Tensor:
    spread = values.reshape(len(values), *[1] * (like.ndim - 1)).expand(like.shape)
    return spread.contiguous().to(torch.float32).requires_grad_(True)


def _gradients(loss: PairLoss, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    with as_it_was(()), torch.enable_grad():
        torch.manual_seed(SEED)
        value = loss(real, fake)
        if not value.requires_grad:
            raise SettingError(
                "A loss has no gradient to the scores it was given. Remove `detach` or `.item()` from it."
            )
        given = torch.autograd.grad(value, (real, fake), allow_unused=True)
        if not value.isfinite():  # the log of a negative number has a slope all the same
            given = (torch.full_like(real, float("nan")), torch.full_like(fake, float("nan")))
    first, second = (
        torch.zeros_like(part) if slope is None else slope for part, slope in zip((real, fake), given, strict=True)
    )
    return first, second


def _slopes(scores: Tensor, gradient: Tensor, partner: Tensor) -> Slopes:
    return Slopes(per_sample(scores, "mean"), per_sample(gradient, "sum") * len(scores), per_sample(partner, "mean"))


def per_sample(values: Tensor, how: str) -> Values:
    """One number a sample, over whatever map of patches there is."""
    flat = values.detach().double().reshape(len(values), -1)
    return np.asarray((flat.mean(dim=1) if how == "mean" else flat.sum(dim=1)).cpu().numpy(), dtype=np.float64)


def _scalar(value: object, argument: str) -> Tensor:
    found = value[0] if isinstance(value, tuple | list) and value else value
    if not isinstance(found, Tensor):
        raise SettingError(f"`{argument}` returned a {type(found).__name__}. It must return a tensor.")
    return found.mean()


def _says(name: str, word: str) -> bool:
    return re.search(word, name, re.IGNORECASE) is not None
