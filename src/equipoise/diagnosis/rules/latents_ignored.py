"""The generator does not use its latents."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "latents_ignored",
    when={"latents_used": (False,)},
    symptom="Other latents give the same sample.",
    explanation="Whatever the losses do, one sample is all this generator can give: the latents are not connected, are "
    "multiplied by nothing, or an earlier input drowns them.",
    remedies=(
        Remedy(text="pass the latents to the first layer", setting="generator(torch.randn(batch, latent_dim))"),
        Remedy(text="reward different samples for different latents", setting="--set generator.mode_seeking=1.0"),
    ),
)
