"""Making a run folder, and reading back what a run was."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import torch

from equipoise.core.errors import RunFolderError
from equipoise.core.layout import RunLayout
from equipoise.core.processes import Processes
from equipoise.recipes.override import validated
from equipoise.recipes.schema import Recipe

EXACT_PACKAGES = ("equipoise", "torch", "numpy", "pillow", "safetensors")


def require_free(out: Path) -> None:
    """Raise unless `out` can become a run folder: absent or empty, in a place that can be written.

    Raises:
        RunFolderError: it holds a run or other files, or cannot be made.
    """
    if RunLayout(out).recipe.exists():
        raise RunFolderError(
            f"{out} already holds a run. Go on with it (`equipoise resume {out}`), or choose another --out."
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunFolderError(f"{out} exists and is not an empty folder. Choose another --out, so that nothing is lost.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"Cannot make {out}: {error.strerror}. Choose an --out that you may write.") from error


def claimed(layout: RunLayout, *, go_on: bool) -> bool:
    """Whether to go on with what lies in a run's folder; if not, it can become a run's folder now.

    With `go_on` a folder that holds a run is taken: with a checkpoint to go on from, without one to begin again.

    Raises:
        RunFolderError: it holds other files, or a run that nobody asked to go on with, or it cannot be made.
    """
    if go_on and any(layout.checkpoints.glob("*.safetensors")):
        return True
    if not (go_on and layout.lock.exists()):  # a run that ended before its first checkpoint has left its lock
        require_free(layout.root)
    return False


def write_run(
    layout: RunLayout, recipe: Recipe, generator_config: Mapping[str, object], *, processes: Processes
) -> None:
    """Write down what the run is, before its first step."""
    environment = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version(name) for name in EXACT_PACKAGES},
        "device": recipe.training.device,
        "device_name": _device_name(recipe.training.device),
        "threads": torch.get_num_threads(),
        "processes": processes.count,
        "command": sys.argv,
    }
    layout.lock.touch()  # the first of all files: it tells a run's folder from any other
    layout.samples.mkdir(exist_ok=True)
    write_json(layout.generator_config, generator_config)
    write_json(layout.environment, environment)
    write_json(layout.recipe, asdict(recipe))


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if "cuda" in device else platform.processor()


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write `content` as indented JSON, whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise RunFolderError(f"Cannot write {path}: {error.strerror}. Make room, or choose another folder.") from error


def read_json(path: Path) -> dict[str, object]:
    """The object in a JSON file of a run folder.

    Raises:
        RunFolderError: the file is missing or damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunFolderError(
            f"{path.parent} is no run folder: it has no {path.name}. `equipoise train --out DIR` makes one."
        ) from error
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{path} cannot be read: {error}.") from error
    if not isinstance(content, dict):
        raise RunFolderError(f"{path} should hold one JSON object, but holds a {type(content).__name__}.")
    return content


def read_recipe(run: Path) -> Recipe:
    """The resolved recipe of a run."""
    return validated(read_json(RunLayout(run).recipe))
