"""Where the rooms are joined: a recipe and a source become a run."""

from equipoise.recipes.load import TrainedGenerator, load
from equipoise.recipes.presets import PRESETS, preset
from equipoise.recipes.schema import Recipe
from equipoise.recipes.session import resume, train

__all__ = ["PRESETS", "Recipe", "TrainedGenerator", "load", "preset", "resume", "train"]
