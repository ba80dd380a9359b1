"""Measuring a game without touching it."""

from equipoise.probes.samples import SampleProbe
from equipoise.probes.steps import StepProbe

__all__ = ["SampleProbe", "StepProbe"]
