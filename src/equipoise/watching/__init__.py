"""The doctor in somebody else's training loop: one construction, one call in every round, no other change."""

from equipoise.watching.watch import Watch, watch

__all__ = ["Watch", "watch"]
