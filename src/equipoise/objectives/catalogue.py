"""Every objective by its name. A new one is a file here and a line in `OBJECTIVES`; the contract tests find it."""

from collections.abc import Callable
from difflib import get_close_matches
from inspect import signature

from equipoise.core.errors import SettingError
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
    if name not in OBJECTIVES:
        near = get_close_matches(name, OBJECTIVES, n=2)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise SettingError(f"`objective` is {name!r}, which is unknown. {hint}There are: {', '.join(OBJECTIVES)}.")
    for parameter in parameters:
        _check_parameter(name, parameter)
    return OBJECTIVES[name](**parameters)


def _check_parameter(name: str, parameter: str) -> None:
    if parameter in signature(OBJECTIVES[name]).parameters:
        return
    takers = [other for other, factory in OBJECTIVES.items() if parameter in signature(factory).parameters]
    who = f"The ones that take it: {', '.join(takers)}." if takers else "No objective takes it."
    raise SettingError(f"The objective {name!r} has no parameter `{parameter}`. {who}")
