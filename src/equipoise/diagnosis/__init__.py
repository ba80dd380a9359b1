"""From signals to sentences. Nothing here needs torch."""

from equipoise.diagnosis.verdict import verdict

__all__ = ["verdict"]
