"""The tests of a gradient penalty."""

from equipoise.core.records import FactValue
from equipoise.preflight.collect import Collected
from equipoise.preflight.setup import SetUp
from equipoise.probes.active.penalty_call import penalty_call
from equipoise.probes.active.penalty_form import norm_test, reach_test, safety_test
from equipoise.probes.active.penalty_points import points_test
from equipoise.probes.active.players import Players
from equipoise.probes.active.result import NotTested

_KIND = {
    ("two-sided", "interpolates"): "gradient_penalty",
    ("two-sided", "real"): "gradient_penalty",
    ("two-sided", "fake"): "gradient_penalty",
    ("two-sided", "noise"): "dragan",
    ("one-sided", "interpolates"): "one_sided_gradient_penalty",
    ("zero-centred", "real"): "r1",
    ("zero-centred", "fake"): "r2",
    ("zero-centred", None): "r1_r2",
}


def penalty_tests(setup: SetUp, players: Players, collected: Collected) -> None:
    """Reach, norm, derivative at zero, points and coefficients; nothing if there is no penalty."""
    if setup.penalty is None:
        if isinstance(setup.objective, str) and "gp" in setup.objective.lower():
            collected.miss("penalty", "no penalty function was given", "give penalty, a function (D, real, fake)")
        return
    call = penalty_call(setup.penalty, players)
    collected.add(reach_test(call))
    tested, form, factor = norm_test(call)
    collected.add(tested)
    if isinstance(tested, NotTested):
        collected.know({"penalty": "other"})
        return
    collected.add(safety_test(call))
    points = points_test(call)
    collected.add(points)
    where = None if isinstance(points, NotTested) else points.facts.get("penalty_points")
    collected.know({"penalty": _KIND.get((str(form), where if where is None else str(where)), "other")})
    collected.know(_weight(setup.penalty_weight, factor))


def _weight(given: float | int | None, factor: float | None) -> dict[str, FactValue]:
    """The weight outside times the one inside; of a bare penalty without a weight nothing is known."""
    if factor is None or (given is None and abs(factor - 1) < 1e-3):
        return {}
    return {"penalty_weight": float(f"{(given or 1.0) * factor:.4g}")}
