"""One optimiser moves both players."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "shared_optimizer",
    when={"optimizers_share_parameters": (True,)},
    symptom="One optimiser holds parameters of both players.",
    explanation="Its step moves the other player too, along a loss that is the opposite of that player's own.",
    remedies=(
        Remedy(
            text="give each player an optimiser of its own",
            setting="g_optimizer = Adam(generator.parameters()); d_optimizer = Adam(discriminator.parameters())",
        ),
    ),
)
