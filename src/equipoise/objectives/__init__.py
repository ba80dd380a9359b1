"""Logits to loss: what the two players descend. Pure functions, no networks, no state."""

from equipoise.objectives.catalogue import OBJECTIVES, objective
from equipoise.objectives.definition import Family, LogitLoss, Objective
from equipoise.objectives.hinge import hinge
from equipoise.objectives.least_squares import least_squares
from equipoise.objectives.minimax import minimax
from equipoise.objectives.non_saturating import non_saturating
from equipoise.objectives.relativistic import relativistic
from equipoise.objectives.wasserstein import wasserstein

__all__ = [
    "OBJECTIVES",
    "Family",
    "LogitLoss",
    "Objective",
    "hinge",
    "least_squares",
    "minimax",
    "non_saturating",
    "objective",
    "relativistic",
    "wasserstein",
]
