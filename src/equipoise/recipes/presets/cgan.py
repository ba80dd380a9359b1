"""Conditional GAN."""

from equipoise.recipes.schema import DiscriminatorSettings, GeneratorSettings, ObjectiveSettings, Recipe


def cgan() -> Recipe:
    """The DCGAN with a projection discriminator (arXiv 1802.05637); its generator is given the class in two ways.

    A class vector beside the latents and conditional batch normalisation together obeyed labels sooner than either way
    alone (docs/conditioning.md). It differs from `dcgan` on data with classes only in that it insists on them.
    """
    return Recipe(
        name="cgan",
        summary="conditional GAN: needs classes; projection discriminator, class vector and conditional normalisation",
        conditioning="projection",
        objective=ObjectiveSettings(name="non_saturating", real_target=0.9),
        generator=GeneratorSettings(),
        discriminator=DiscriminatorSettings(),
    )
