"""Every penalty by its name. A new one is a file here and a line in `CONSTRAINTS`; the contract tests find it."""

from collections.abc import Callable

from equipoise.constraints.dragan import Dragan
from equipoise.constraints.gradient_penalty import GradientPenalty
from equipoise.constraints.penalty import Penalty
from equipoise.constraints.zero_centered import R1, R2
from equipoise.core.catalogue import made


def one_sided_gradient_penalty(*, target: float = 1.0) -> GradientPenalty:
    """WGAN-LP: norms below `target` are free."""
    return GradientPenalty(target=target, sided="one")


def gradient_penalty(*, target: float = 1.0) -> GradientPenalty:
    """WGAN-GP: norms on either side of `target` are penalised."""
    return GradientPenalty(target=target, sided="two")


CONSTRAINTS: dict[str, Callable[..., Penalty]] = {
    "gradient_penalty": gradient_penalty,
    "one_sided_gradient_penalty": one_sided_gradient_penalty,
    "r1": R1,
    "r2": R2,
    "dragan": Dragan,
}


def constraint(name: str, **parameters: float) -> Penalty:
    """The penalty of that name, made with `parameters`.

    Raises:
        SettingError: no such penalty, a parameter it has not, or a value out of range.
    """
    return made(CONSTRAINTS, name, parameters, argument="constraint")
