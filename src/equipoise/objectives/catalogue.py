"""Every objective by its name. A new one is a file here and a line in `OBJECTIVES`; the contract tests find it."""

from collections.abc import Callable

from equipoise.core.catalogue import made
from equipoise.objectives.definition import Objective
from equipoise.objectives.hinge import hinge
from equipoise.objectives.least_squares import least_squares
from equipoise.objectives.minimax import minimax
from equipoise.objectives.non_saturating import non_saturating
from equipoise.objectives.relativistic import relativistic
from equipoise.objectives.wasserstein import wasserstein

OBJECTIVES: dict[str, Callable[..., Objective]] = {
    factory.__name__: factory for factory in (minimax, non_saturating, least_squares, hinge, wasserstein, relativistic)
}


def objective(name: str, **parameters: float) -> Objective:
    """The objective of that name, made with `parameters`.

    Raises:
        SettingError: no such objective, a parameter it has not, or a value out of range.
    """
    return made(OBJECTIVES, name, parameters, argument="objective")
