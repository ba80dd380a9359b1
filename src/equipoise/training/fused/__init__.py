"""The fused step: either player's whole update as one graph, second derivatives and all, checked before it is used."""

from equipoise.training.fused.choose import Choice, engine_for
from equipoise.training.fused.engine import EagerEngine, Engine, FusedEngine, Kind

__all__ = ["Choice", "EagerEngine", "Engine", "FusedEngine", "Kind", "engine_for"]
