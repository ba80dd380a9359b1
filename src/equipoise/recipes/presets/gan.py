"""The vanilla GAN: two multilayer perceptrons."""

from equipoise.recipes.schema import DiscriminatorSettings, GeneratorSettings, ObjectiveSettings, Recipe


def gan() -> Recipe:
    """Goodfellow et al. 2014 (arXiv 1406.2661), with the non-saturating loss and one-sided label smoothing."""
    return Recipe(
        name="gan",
        summary="vanilla GAN: two MLPs, non-saturating loss, label smoothing 0.9",
        objective=ObjectiveSettings(name="non_saturating", real_target=0.9),
        generator=GeneratorSettings(architecture="mlp"),
        discriminator=DiscriminatorSettings(architecture="mlp", dropout=0.3),
    )
