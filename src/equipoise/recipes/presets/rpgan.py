"""Relativistic pairing GAN of dense layers, for small images."""

from equipoise.recipes.schema import (
    DiscriminatorSettings,
    GeneratorSettings,
    ObjectiveSettings,
    PenaltySettings,
    Recipe,
    TrainingSettings,
)


def rpgan() -> Recipe:
    """RpGAN with R1 and R2 (Huang et al. 2024, arXiv 2501.05441), as two MLPs."""
    return Recipe(
        name="rpgan",
        summary="RpGAN for small images: relativistic loss, R1 and R2, two MLPs",
        objective=ObjectiveSettings(name="relativistic"),
        constraints={"r1": PenaltySettings(weight=0.1), "r2": PenaltySettings(weight=0.1)},
        generator=GeneratorSettings(
            architecture="mlp",
            latent_dim=64,
            hidden=(512, 512),
            initialisation="he",
            normalisation="none",
            learning_rate=1e-3,
            betas=(0.0, 0.99),
        ),
        discriminator=DiscriminatorSettings(
            architecture="mlp", hidden=(512, 512), initialisation="he", learning_rate=1e-3, betas=(0.0, 0.99)
        ),
        training=TrainingSettings(batch_size=128, decay="linear"),
    )
