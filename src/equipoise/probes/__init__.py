"""Measuring a game without touching it."""

from equipoise.probes.game import GameProbe
from equipoise.probes.opponents import Opponents
from equipoise.probes.samples import SampleProbe
from equipoise.probes.steps import StepProbe
from equipoise.probes.undisturbed import undisturbed
from equipoise.probes.updates import BeforeSteps, step_efficacy, update_ratio, update_signals, weights_of

__all__ = [
    "BeforeSteps",
    "GameProbe",
    "Opponents",
    "SampleProbe",
    "StepProbe",
    "step_efficacy",
    "undisturbed",
    "update_ratio",
    "update_signals",
    "weights_of",
]
