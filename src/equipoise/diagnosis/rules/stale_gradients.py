"""Gradients are never cleared."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "stale_gradients",
    when={"gradients_zeroed": (False,)},
    symptom="Gradients are not cleared before each backward pass.",
    explanation="PyTorch adds to what is there. Each step then follows the sum of all gradients so far, of both "
    "players, and grows without bound.",
    remedies=(
        Remedy(
            text="clear each player's gradients right before its backward",
            setting="d_optimizer.zero_grad(set_to_none=True); d_loss.backward(); d_optimizer.step()",
        ),
    ),
)
