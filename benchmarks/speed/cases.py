"""The games that are timed: the five of the table, and the same ones grown in batch, width and resolution."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from equipoise.constraints import PenaltyTerm, constraint
from equipoise.networks import (
    DiscriminatorSpec,
    GeneratorSpec,
    build_discriminator,
    build_generator,
)
from equipoise.objectives import objective
from equipoise.training.game import Game
from equipoise.training.optimizers import OptimizerSettings

Build = Callable[[], tuple[nn.Module, nn.Module]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One game at one size. `target` is the least that the fused step is to be faster than the textbook loop."""

    name: str
    build: Build
    sample_shape: tuple[int, ...]
    batch: int
    game: Game
    optimizer: OptimizerSettings
    target: float | None = None

    @property
    def images_a_cycle(self) -> int:
        """Real images shown in one cycle."""
        return self.batch * self.game.d_steps


GAN = OptimizerSettings(learning_rate=2e-4, betas=(0.5, 0.999))
WGAN = OptimizerSettings(learning_rate=1e-4, betas=(0.0, 0.9))


def _gan(latent_dim: int) -> Game:
    return Game(objective=objective("non_saturating", real_target=0.9), latent_dim=latent_dim)


def _wgan_gp(latent_dim: int) -> Game:
    penalty = PenaltyTerm(penalty=constraint("gradient_penalty"), weight=10.0)
    return Game(objective=objective("wasserstein"), latent_dim=latent_dim, penalties=(penalty,), d_steps=5)


def mlp_gan(*, batch: int = 64, target: float | None = None) -> Case:
    """The course page's first GAN: batch normalisation in G, dropout in D."""
    shape = (1, 28, 28)

    def build() -> tuple[nn.Module, nn.Module]:
        return (
            build_generator(GeneratorSpec(architecture="mlp", sample_shape=shape, latent_dim=100)),
            build_discriminator(DiscriminatorSpec(architecture="mlp", sample_shape=shape, dropout=0.3)),
        )

    return Case(
        name=f"MLP GAN, batch {batch}", build=build, sample_shape=shape, batch=batch, game=_gan(100), optimizer=GAN,
        target=target,
    )  # fmt: skip


def mlp_wgan_gp(*, batch: int = 64, width: float = 1.0, target: float | None = None) -> Case:
    """784-512-256-1 against 100-256-512-784, five critic steps; `width` multiplies the hidden sizes."""
    shape, small, large = (1, 28, 28), int(256 * width), int(512 * width)

    def build() -> tuple[nn.Module, nn.Module]:
        generator = GeneratorSpec(
            architecture="mlp", sample_shape=shape, latent_dim=100, hidden=(small, large), normalisation="none",
            negative_slope=0.0,
        )  # fmt: skip
        critic = DiscriminatorSpec(architecture="mlp", sample_shape=shape, hidden=(large, small))
        return build_generator(generator), build_discriminator(critic)

    name = f"MLP WGAN-GP, batch {batch}" + (f", width x{width:g}" if width != 1.0 else "")
    return Case(
        name=name, build=build, sample_shape=shape, batch=batch, game=_wgan_gp(100), optimizer=WGAN, target=target
    )


def convolutional(
    kind: str, *, size: int, penalised: bool, batch: int = 64, width: int | None = None, target: float | None = None
) -> Case:
    """A DCGAN or ResNet pair, with batch normalisation in an unpenalised discriminator."""
    shape, latent_dim = (3, size, size), 128 if kind == "resnet" else 100

    def build() -> tuple[nn.Module, nn.Module]:
        common = {"architecture": kind, "sample_shape": shape, "width": width}
        discriminator = DiscriminatorSpec(
            **common, normalisation="none" if penalised else "batch", pooling="mean" if penalised else "sum"
        )
        return build_generator(GeneratorSpec(**common, latent_dim=latent_dim)), build_discriminator(discriminator)

    title = {"dcgan": "DCGAN", "resnet": "ResNet"}[kind] + (" WGAN-GP" if penalised else "")
    return Case(
        name=f"{title} {size}x{size}, batch {batch}" + (f", width {width}" if width else ""),
        build=build,
        sample_shape=shape,
        batch=batch,
        game=_wgan_gp(latent_dim) if penalised else _gan(latent_dim),
        optimizer=WGAN if penalised else GAN,
        target=target,
    )


def table() -> dict[str, Case]:
    """The games of the table, by a short name."""
    return {
        "mlp-gan": mlp_gan(target=2.0),
        "mlp-wgan-gp": mlp_wgan_gp(target=2.3),
        "mlp-wgan-gp-1024": mlp_wgan_gp(batch=1024, target=1.6),
        "dcgan": convolutional("dcgan", size=64, penalised=False, target=1.3),
        "dcgan-wgan-gp": convolutional("dcgan", size=64, penalised=True, target=1.5),
        "resnet-wgan-gp": convolutional("resnet", size=32, penalised=True, target=1.5),
    }


def growth() -> dict[str, Case]:
    """One game at other batches and widths, another at other resolutions."""
    cases = {f"batch-{batch}": mlp_wgan_gp(batch=batch) for batch in (16, 32, 128, 256)}
    cases |= {f"width-{width:g}": mlp_wgan_gp(width=width) for width in (0.25, 0.5, 2.0, 4.0)}
    return cases | {
        f"resolution-{size}": convolutional("dcgan", size=size, penalised=True, batch=16, width=32)
        for size in (16, 32, 64, 128)
    }
