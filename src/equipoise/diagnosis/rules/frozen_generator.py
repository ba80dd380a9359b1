"""The generator does not learn at all."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "frozen_generator",
    when={"generator_moves": (False,), "generator_in_optimizer": (False,)},
    symptom="The generator is not trained: steps leave its weights, or some of them, as they were.",
    explanation="Its optimiser holds other parameters than the network in use (a copy, the other player, a network "
    "that was moved or replaced afterwards), or they do not require a gradient, or the step is never taken.",
    remedies=(
        Remedy(
            text="make the optimiser from the network that the loop uses, after all changes to it",
            setting="g_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))",
        ),
        Remedy(text="let its parameters learn", setting="generator.requires_grad_(True)"),
        Remedy(text="call the optimiser's step in every round", setting="g_optimizer.step()"),
    ),
)
