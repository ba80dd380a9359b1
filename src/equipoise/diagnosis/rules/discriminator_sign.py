"""The discriminator's loss has the wrong sign."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "discriminator_sign",
    when={"discriminator_sign_wrong": (True,)},
    symptom="The discriminator is trained in the wrong direction: its loss falls when it scores fakes above reals.",
    explanation="It learns to call fakes real, so the generator follows a gradient that leads away from the data.",
    remedies=(
        Remedy(
            text="minimise the score of fakes minus the score of reals", setting="d_loss = D(fake).mean() - D(x).mean()"
        ),
        Remedy(text="with a cross-entropy, give reals the target 1 and fakes the target 0"),
    ),
)
