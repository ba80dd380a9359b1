"""Spectrally normalised GAN."""

from equipoise.recipes.schema import (
    DiscriminatorSettings,
    GeneratorSettings,
    ObjectiveSettings,
    Recipe,
)


def sngan() -> Recipe:
    """Miyato et al. 2018 (arXiv 1802.05957): spectral normalisation, hinge loss, Adam 2e-4 (0.5, 0.999)."""
    return Recipe(
        name="sngan",
        summary="SNGAN: spectral normalisation in the discriminator, hinge loss",
        objective=ObjectiveSettings(name="hinge"),
        generator=GeneratorSettings(),
        discriminator=DiscriminatorSettings(spectral_norm=True),
    )
