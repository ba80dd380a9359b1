"""What keeps a player tame: gradient penalties, weight clipping, spectral normalisation, mode seeking."""

from equipoise.constraints.catalogue import CONSTRAINTS, constraint
from equipoise.constraints.dragan import Dragan
from equipoise.constraints.gradient_penalty import GradientPenalty, interpolates
from equipoise.constraints.input_gradient import gradient_norms, score_gradients
from equipoise.constraints.mode_seeking import ModeSeeking
from equipoise.constraints.penalty import Penalty, PenaltyReading, PenaltyTerm
from equipoise.constraints.spectral import spectral_norm
from equipoise.constraints.weight_clip import share_at_bound, weight_clip
from equipoise.constraints.zero_centered import R1, R2

__all__ = [
    "CONSTRAINTS",
    "R1",
    "R2",
    "Dragan",
    "GradientPenalty",
    "ModeSeeking",
    "Penalty",
    "PenaltyReading",
    "PenaltyTerm",
    "constraint",
    "gradient_norms",
    "interpolates",
    "score_gradients",
    "share_at_bound",
    "spectral_norm",
    "weight_clip",
]
