"""DCGAN: strided convolutions and batch normalisation."""

from equipoise.recipes.schema import DiscriminatorSettings, GeneratorSettings, ObjectiveSettings, Recipe


def dcgan() -> Recipe:
    """Radford et al. 2016 (arXiv 1511.06434): Adam 2e-4 with beta1 0.5, weights from N(0, 0.02)."""
    return Recipe(
        name="dcgan",
        summary="DCGAN: strided convolutions, batch normalisation, non-saturating loss",
        objective=ObjectiveSettings(name="non_saturating", real_target=0.9),
        generator=GeneratorSettings(architecture="dcgan"),
        discriminator=DiscriminatorSettings(architecture="dcgan"),
    )
