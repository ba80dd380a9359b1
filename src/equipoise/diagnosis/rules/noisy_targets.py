"""Targets are flipped at random."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "noisy_targets",
    when={"noisy_targets": (True,)},
    symptom="Targets are flipped at random now and then.",
    severity=Severity.NOTE,
    explanation="Flipped targets weaken the discriminator. It helps where it wins too early and costs quality later; "
    "smoothing does the same without noise.",
    remedies=(Remedy(text="smooth the target of reals instead", setting="--set objective.real_target=0.9"),),
)
