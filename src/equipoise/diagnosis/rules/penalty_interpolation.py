"""The points of the penalty do not lie on lines between one real and one fake."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "penalty_interpolation",
    when={"penalty_interpolation": ("per_batch", "per_element"), "penalty_coefficient": ("normal", "other")},
    symptom="The interpolation coefficient of the gradient penalty is not one uniform number for each sample.",
    severity=Severity.RISK,
    confidence=0.4,
    explanation="One number for the batch sees a single slice of the way; one for each value, or a normal one, leaves "
    "the way between reals and fakes. The critic's slope is then bounded elsewhere than it is used. Loops have been "
    "seen to train in spite of it.",
    remedies=(
        Remedy(
            text="draw one uniform coefficient for each sample, on the samples' device",
            setting="eps = torch.rand(len(x), 1, 1, 1, device=x.device)",
        ),
    ),
)
