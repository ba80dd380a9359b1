"""Remedies that several rules share, written as settings of the run at hand."""

from typing import Literal

from equipoise.core.records import Remedy
from equipoise.diagnosis.case import Case

Player = Literal["generator", "discriminator"]


SMALL = 0.1
"""Share of the other player's weights below which a player's size is a likely cause."""


def far_smaller(case: Case, player: Player) -> bool:
    """Whether that player is known to have less than a tenth of the other one's weights."""
    other = "generator" if player == "discriminator" else "discriminator"
    own, others = case.facts.number(f"{player}_parameters"), case.facts.number(f"{other}_parameters")
    return own is not None and others is not None and own < SMALL * others


def slower(case: Case, player: Player, *, by: float = 2.0) -> Remedy:
    """Lower that player's learning rate; the new value is told where the present one is known."""
    rate = case.facts.number(f"{player}_learning_rate")
    if rate is None:
        return Remedy(text=f"divide the {player}'s learning rate by {by:g}")
    return Remedy(
        text=f"lower the {player}'s learning rate from {rate:g}", setting=f"{player}.learning_rate={rate / by:.3g}"
    )
