"""Training uses the same latents again and again."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "latents_fixed",
    when={"latents_fixed": (True,)},
    symptom="The same latents are used in every training step.",
    explanation="The generator learns a list of samples instead of a distribution: other latents give rubbish, and the "
    "discriminator can learn the few fakes by heart. Fixed latents are for looking, not for training.",
    remedies=(
        Remedy(
            text="draw new latents in every step", setting="latents = torch.randn(batch, latent_dim, device=device)"
        ),
    ),
)
