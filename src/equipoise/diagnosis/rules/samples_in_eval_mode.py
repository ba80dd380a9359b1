"""Samples are good in training mode and bad in evaluation mode."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "samples_in_eval_mode",
    when={"eval_samples_differ": (True,)},
    symptom="Samples are good in training mode and bad in evaluation mode.",
    severity=Severity.HARM,
    confidence=0.9,
    explanation="In evaluation mode batch normalisation uses running means, and those of a generator lag behind its "
    "weights or were never averaged with them. The weights themselves are fine.",
    remedies=(
        Remedy(
            text="measure the statistics anew before sampling",
            setting="[m.reset_running_stats() for m in batch_norms]; generator.train(); generator(many_latents)",
        ),
        Remedy(text="copy buffers, not only parameters, into averaged weights"),
        Remedy(text="or sample in training mode, with a large batch", setting="generator.train()"),
    ),
)
