"""C++ of this package, compiled where it runs and kept, so that a second run finds it."""

import ctypes
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from equipoise.data import cache_folder
from equipoise.data.cache import content_key
from equipoise.training.fused.draws import UnsupportedStepError

FLAGS = ("-std=c++17", "-O3", "-fopenmp", "-ffp-contract=fast", "-fno-signed-zeros", "-shared", "-fPIC")
INSTRUCTIONS = {"AVX512": ("-mavx512f", "-mfma"), "AVX2": ("-mavx2", "-mfma")}
"""By what PyTorch calls the processor's capability. Not `-march=native`: another machine may find the library."""


def library(main: str, *parts: str, generated: Mapping[str, str] = MappingProxyType({})) -> ctypes.CDLL:
    """The library of the file `main` of this folder, which includes `parts` and what was `generated` (texts by name).

    Raises:
        UnsupportedStepError: no compiler, one that fails, or a processor it is not written for.
    """
    sources = {name: files(__package__).joinpath(name).read_text(encoding="utf-8") for name in (main, *parts)}
    sources |= generated
    command = [*compiler(), *FLAGS, *_instructions()]
    key = content_key([*sources, *sources.values(), *command])
    place = cache_folder() / "kernels" / f"{Path(main).stem}-{key}.so"
    try:
        if not place.exists():
            _build(sources, main, command, place)
        return ctypes.CDLL(str(place))
    except OSError as error:  # a full disk, or a folder from which nothing may be run
        raise UnsupportedStepError(f"{main} cannot be kept in {place.parent} ({error})") from error


def function(name: str, arguments: Sequence[Any], main: str, *parts: str) -> Any:
    """A function of that library, of ctypes, that takes `arguments` and returns nothing.

    Raises:
        UnsupportedStepError: as `library`.
    """
    found = getattr(library(main, *parts), name)
    found.argtypes, found.restype = list(arguments), None
    return found


def compiler() -> list[str]:
    """`$CXX`, else g++ or clang++. Raises where there is none."""
    for name in (os.environ.get("CXX"), "g++", "clang++"):
        if name and shutil.which(shlex.split(name)[0]):
            return shlex.split(name)
    raise UnsupportedStepError("there is no C++ compiler (g++, clang++ or what the environment variable CXX names)")


def _instructions() -> tuple[str, ...]:
    capability = torch.backends.cpu.get_cpu_capability()
    if capability not in INSTRUCTIONS:
        raise UnsupportedStepError(
            f"this processor's {capability} instructions are not among {', '.join(INSTRUCTIONS)}"
        )
    return INSTRUCTIONS[capability]


def _build(sources: Mapping[str, str], main: str, command: list[str], place: Path) -> None:
    """Into a folder of its own first: several processes may build the same library at once."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        for name, text in sources.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        made = Path(folder) / place.name
        result = subprocess.run([*command, main, "-o", made.name], cwd=folder, capture_output=True, text=True)
        if result.returncode:
            reason = next((line for line in result.stderr.splitlines() if "error" in line), result.stderr[:120])
            raise UnsupportedStepError(f"{command[0]} cannot compile {main} ({reason.strip()[:160]})")
        os.replace(made, place)
