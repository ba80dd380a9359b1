"""The generator's loss has the wrong sign."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "generator_sign",
    when={"generator_sign_wrong": (True,)},
    symptom="The generator is trained in the wrong direction: its loss falls when its samples score as less real.",
    explanation="Every step teaches it to be recognised. The discriminator then looks unbeatable and the samples get "
    "worse, whatever the learning rates are.",
    remedies=(
        Remedy(text="with a Wasserstein or hinge loss, minimise minus the score", setting="g_loss = -D(G(z)).mean()"),
        Remedy(
            text="with a cross-entropy, give the generator the target of reals",
            setting="g_loss = bce_with_logits(scores, torch.ones_like(scores))",
        ),
    ),
)
