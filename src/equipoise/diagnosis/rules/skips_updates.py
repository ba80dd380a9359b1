"""A player sits out when it wins."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "skips_updates",
    when={"skips_updates": (True,)},
    symptom="A player is left out of a step when its loss or accuracy passes a limit.",
    severity=Severity.RISK,
    confidence=0.6,
    explanation="It looks like balance, and starves the better player: skipping the discriminator above 80 % accuracy "
    "ruined a healthy game in every planted run, because early certainty is normal and being ahead is its job.",
    remedies=(
        Remedy(text="train both in every round", setting="--set training.d_steps=1"),
        Remedy(text="if the discriminator really runs away, slow it", setting="--set discriminator.learning_rate=1e-4"),
        Remedy(text="or smooth its target", setting="--set objective.real_target=0.9"),
    ),
)
