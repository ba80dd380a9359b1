"""The derivative of the penalty's norm is infinite at zero."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "unsafe_norm",
    when={"penalty_norm_safe": (False,)},
    symptom="The gradient penalty becomes NaN as soon as one sample's gradient is exactly zero.",
    severity=Severity.RISK,
    confidence=0.8,
    explanation="The root has an infinite slope at 0, and 0 times infinity is no number. It happens with dead ReLUs "
    "and constant critics, often late.",
    remedies=(
        Remedy(text="use a norm with a finite derivative at 0", setting="torch.linalg.vector_norm(gradients, dim=1)"),
        Remedy(text="or keep the root away from 0", setting="(gradients.square().sum(1) + 1e-12).sqrt()"),
    ),
)
