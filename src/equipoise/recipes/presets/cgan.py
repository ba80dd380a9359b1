"""Conditional GAN."""

from equipoise.recipes.schema import DiscriminatorSettings, GeneratorSettings, ObjectiveSettings, Recipe


def cgan() -> Recipe:
    """A GAN that obeys labels: conditional batch normalisation and a projection discriminator (arXiv 1802.05637)."""
    return Recipe(
        name="cgan",
        summary="conditional GAN: needs classes; projection discriminator, conditional batch normalisation",
        conditioning="projection",
        objective=ObjectiveSettings(name="non_saturating", real_target=0.9),
        generator=GeneratorSettings(),
        discriminator=DiscriminatorSettings(),
    )
