"""The fused step: either player's whole update as one graph, second derivatives and all, checked before it is used."""

from equipoise.training.fused.choose import engine_for
from equipoise.training.fused.engine import EagerEngine, Engine, FusedEngine

__all__ = ["EagerEngine", "Engine", "FusedEngine", "engine_for"]
