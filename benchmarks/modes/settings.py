"""What is compared: presets as they are, and the changes that are said to help against collapse."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A preset with changes, as `equipoise train --set` would make them."""

    name: str
    recipe: str
    changes: Mapping[str, object] = field(default_factory=dict)


RELATIVISTIC = {
    "objective.name": "relativistic",
    "objective.real_target": 1.0,
    "constraints.r1.weight": 1.0,
    "constraints.r2.weight": 1.0,
    "generator.betas": (0.0, 0.99),
    "discriminator.betas": (0.0, 0.99),
}
"""RpGAN with R1 and R2 at every step, as in R3GAN (arXiv 2501.05441)."""

_SMALL = {"data.size": 16}
"""Half the side of the digits: some ten times as many images in the same time on a processor."""

_TOY = {"generator.latent_dim": 2, "training.batch_size": 256, "training.ema_half_life": 10_000}
_POINTS = (
    Setting(name="gan", recipe="gan", changes=_TOY),
    Setting(name="gan packed 2", recipe="gan", changes={**_TOY, "discriminator.packing": 2}),
    Setting(name="wgan", recipe="wgan", changes=_TOY),
    Setting(name="wgan-gp", recipe="wgan-gp", changes=_TOY),
    Setting(name="wgan-gp penalty 0.1", recipe="wgan-gp", changes={**_TOY, "constraints.gradient_penalty.weight": 0.1}),
    Setting(name="relativistic r1 r2", recipe="gan", changes={**_TOY, **RELATIVISTIC}),
    Setting(name="rpgan-points", recipe="rpgan-points"),
)

SETTINGS: dict[str, tuple[Setting, ...]] = {
    "ring-8": _POINTS,
    "grid-25": _POINTS,
    "stacked-mnist": (
        Setting(name="dcgan", recipe="dcgan", changes=_SMALL),
        Setting(name="dcgan packed 2", recipe="dcgan", changes={**_SMALL, "discriminator.packing": 2}),
        Setting(name="wgan-gp", recipe="wgan-gp", changes=_SMALL),
        Setting(name="sngan", recipe="sngan", changes=_SMALL),
        Setting(name="relativistic r1 r2", recipe="dcgan", changes={**_SMALL, **RELATIVISTIC}),
        Setting(name="rpgan", recipe="rpgan", changes=_SMALL),
    ),
}
