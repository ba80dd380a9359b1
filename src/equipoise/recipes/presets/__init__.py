"""The recipes that ship with equipoise, by name. A new one is a file here and a line in `PRESETS`."""

from collections.abc import Callable

from equipoise.core.catalogue import entry
from equipoise.recipes.presets.cgan import cgan
from equipoise.recipes.presets.dcgan import dcgan
from equipoise.recipes.presets.gan import gan
from equipoise.recipes.presets.rpgan import rpgan
from equipoise.recipes.presets.rpgan_points import rpgan_points
from equipoise.recipes.presets.sngan import sngan
from equipoise.recipes.presets.wgan import wgan
from equipoise.recipes.presets.wgan_gp import wgan_gp
from equipoise.recipes.schema import Recipe

PRESETS: dict[str, Callable[[], Recipe]] = {
    "gan": gan,
    "dcgan": dcgan,
    "wgan": wgan,
    "wgan-gp": wgan_gp,
    "sngan": sngan,
    "cgan": cgan,
    "rpgan": rpgan,
    "rpgan-points": rpgan_points,
}


def preset(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        SettingError: there is none.
    """
    return entry(PRESETS, name, argument="recipe")()
