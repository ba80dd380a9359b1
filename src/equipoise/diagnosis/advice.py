"""Remedies that several rules share, written as settings of the run at hand."""

from typing import Literal

from equipoise.core.records import Remedy
from equipoise.diagnosis.case import Case

Player = Literal["generator", "discriminator"]


def slower(case: Case, player: Player, *, by: float = 2.0) -> Remedy:
    """Lower that player's learning rate; the new value is told where the present one is known."""
    rate = case.facts.number(f"{player}_learning_rate")
    if rate is None:
        return Remedy(text=f"divide the {player}'s learning rate by {by:g}")
    return Remedy(
        text=f"lower the {player}'s learning rate from {rate:g}", setting=f"{player}.learning_rate={rate / by:.3g}"
    )
