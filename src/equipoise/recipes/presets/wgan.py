"""WGAN with weight clipping."""

from equipoise.recipes.schema import (
    DiscriminatorSettings,
    GeneratorSettings,
    ObjectiveSettings,
    Recipe,
    TrainingSettings,
)


def wgan() -> Recipe:
    """Arjovsky et al. 2017 (arXiv 1701.07875), algorithm 1: clip 0.01, RMSprop 5e-5, five critic steps."""
    return Recipe(
        name="wgan",
        summary="WGAN: Wasserstein loss, weights clipped to +-0.01, RMSprop, five critic steps",
        objective=ObjectiveSettings(name="wasserstein"),
        generator=GeneratorSettings(optimizer="rmsprop", learning_rate=5e-5),
        discriminator=DiscriminatorSettings(weight_clip=0.01, optimizer="rmsprop", learning_rate=5e-5),
        training=TrainingSettings(d_steps=5, probe_every=50),
    )
