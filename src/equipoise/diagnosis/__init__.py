"""From facts and signals to findings. Nothing here needs torch."""

from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.examine import examine
from equipoise.diagnosis.stopping import earlier_harm, would_stop_at
from equipoise.diagnosis.verdict import verdict

__all__ = ["RULES", "earlier_harm", "examine", "verdict", "would_stop_at"]
