"""A network is trained in evaluation mode."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "eval_mode_training",
    when={"mode_eval_at_training": (True,)},
    symptom="A network is in evaluation mode while it is trained.",
    explanation="Batch normalisation then uses running statistics that no longer follow the weights, and dropout is "
    "off. Most often `eval()` was called to draw samples and `train()` never again.",
    remedies=(Remedy(text="switch back after sampling", setting="generator.train(); discriminator.train()"),),
)
