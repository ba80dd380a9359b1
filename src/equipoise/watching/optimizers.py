"""Facts that the optimisers tell: whose parameters they hold, how fast they go, whether their steps move anything."""

from collections.abc import Mapping

from equipoise.core.records import FactValue
from equipoise.probes.active.optimizers import settings_facts
from equipoise.watching.steps import Side

UNUSED = 5
"""Steps of the other player past a gradient that nobody follows, before a player counts as left out."""
_ROUNDS = 4


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
    return facts | _rhythm(sides)


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
