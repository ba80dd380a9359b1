"""equipoise trains GANs and keeps them in balance.

`train` a recipe on a source of data, `resume` it, `load` what came out. Names are looked up when they are first used,
so that importing a room without networks (`equipoise.diagnosis`) does not wait for PyTorch.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.recipes import PRESETS, Recipe, TrainedGenerator, load, preset, resume, train

__version__ = "0.1.0"
__all__ = ["PRESETS", "Recipe", "TrainedGenerator", "load", "preset", "resume", "train"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'equipoise' has no attribute {name!r}")
    from equipoise import recipes

    return getattr(recipes, name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
