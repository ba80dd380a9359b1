"""Facts that the optimisers tell: whose parameters they hold, how fast they go, whether their steps move anything."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from equipoise.core.records import FactValue
from equipoise.probes.active.optimizers import settings_facts
from equipoise.watching.steps import Side

UNUSED = 5
"""Steps of the other player past a gradient that nobody follows, before a player counts as left out."""
_ROUNDS = 4
_GAPS_KNOWN = 16
_UNEVEN = 0.2
"""Share of pairs of neighbouring gaps that differ, from which a rhythm is no rhythm: a plan changes seldom."""


def optimizer_facts(sides: Mapping[str, Side], movements: Mapping[str, list[float]]) -> dict[str, FactValue]:
    """All that is certain by now; `movements` are |step| over |weights| of measured steps of each player."""
    facts: dict[str, FactValue] = {}
    for side in sides.values():
        facts |= _held(side)
        for optimizer in side.optimizers:
            facts |= settings_facts(side.name, optimizer)
            break
        moved = movements.get(side.name, [])
        if any(moved):
            facts[f"{side.name}_moves"] = True
        elif len(moved) >= 2:
            facts[f"{side.name}_moves"] = False
    both = [set(side.optimizers) for side in sides.values()]
    if both[0] & both[1]:
        facts["optimizers_share_parameters"] = True
    return facts | _rhythm(sides) | _skipping(sides)


def _held(side: Side) -> dict[str, FactValue]:
    if not side.taken:
        return {f"{side.name}_in_optimizer": False} if side.idle >= UNUSED else {}
    held = {id(p) for optimizer in side.optimizers for group in optimizer.param_groups for p in group["params"]}
    own = [p for p in side.module.parameters() if p.requires_grad and id(p) in side.own]
    if not own or side.taken < UNUSED:
        return {}
    return {f"{side.name}_in_optimizer": all(id(p) in held for p in own)}


def _rhythm(sides: Mapping[str, Side]) -> dict[str, FactValue]:
    """How many steps of one come to a step of the other."""
    d_steps, g_steps = sides["discriminator"].taken, sides["generator"].taken
    if min(d_steps, g_steps) < _ROUNDS:
        return {}
    if d_steps >= g_steps:
        return {"d_steps": float(round(d_steps / g_steps)), "g_steps": 1.0}
    return {"d_steps": 1.0, "g_steps": float(round(g_steps / d_steps))}


def _skipping(sides: Mapping[str, Side]) -> dict[str, FactValue]:
    """A player that sits out now and then, for one round or for several, as one does that a condition keeps back."""
    return {"skips_updates": True} if any(_uneven(list(side.gaps)) for side in sides.values()) else {}


def _uneven(gaps: Sequence[int]) -> bool:
    if len(gaps) < _GAPS_KNOWN:
        return False
    repeated = sum(gaps.count(length) > 1 for length in set(gaps))
    changes = sum(a != b for a, b in pairwise(gaps))
    return repeated > 2 and changes >= _UNEVEN * (len(gaps) - 1)
