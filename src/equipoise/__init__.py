"""equipoise trains GANs and keeps them in balance.

`train` a recipe on a source of data, `resume` it, `load` what came out; `check` your own modules before a run, `watch`
your own loop, `diagnose` the log of any training. Names are looked up when they are first used, so that importing a
room without networks (`equipoise.diagnosis`) does not wait for PyTorch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.preflight import check
    from equipoise.recipes import PRESETS, Recipe, TrainedGenerator, load, preset, resume, train
    from equipoise.reports.diagnosis import diagnose
    from equipoise.watching import watch

__version__ = "0.1.0"
__all__ = ["PRESETS", "Recipe", "TrainedGenerator", "check", "diagnose", "load", "preset", "resume", "train", "watch"]

_ROOMS = {"check": "preflight", "diagnose": "reports.diagnosis", "watch": "watching"}
"""Where a public name lives, if not among the recipes."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'equipoise' has no attribute {name!r}")
    return getattr(import_module(f"equipoise.{_ROOMS.get(name, 'recipes')}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
