"""Conditional GAN."""

from equipoise.recipes.schema import DiscriminatorSettings, GeneratorSettings, ObjectiveSettings, Recipe


def cgan() -> Recipe:
    """Mirza and Osindero 2014 (arXiv 1411.1784) on the DCGAN's trunk, labels as learned vectors and images.

    Measured against conditional batch normalisation and projection in docs/conditioning.md: this way obeys first.
    """
    return Recipe(
        name="cgan",
        summary="conditional GAN: needs classes, which both networks are given as embeddings",
        conditioning="embedding",
        objective=ObjectiveSettings(name="non_saturating", real_target=0.9),
        generator=GeneratorSettings(),
        discriminator=DiscriminatorSettings(),
    )
