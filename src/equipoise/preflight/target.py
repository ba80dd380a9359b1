"""`MODULE:FUNCTION` on a command line to a set-up."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from types import ModuleType, SimpleNamespace

from equipoise.core.errors import SettingError
from equipoise.core.fact_words import told_fact
from equipoise.core.records import FactValue
from equipoise.preflight.setup import SetUp, check_kinds

KEYS = tuple(field.name for field in fields(SetUp))
NEEDED = ("generator", "discriminator", "data")


def built_setup(target: str, facts: Sequence[str] = ()) -> SetUp:
    """Import the module, call the function and read what it returns.

    Raises:
        SettingError: there is no such module or function, or what it returns is no set-up.
    """
    module, _, name = target.partition(":")
    if not module or not name or "/" in module or module.endswith(".py"):
        raise SettingError(f"{target!r} is no MODULE:FUNCTION. For build() in train.py write train:build.")
    parts = _parts(_function(_module(module), name)(), target)
    check_kinds(parts)
    stated = parts.get("facts")
    given = {**(stated if isinstance(stated, Mapping) else {}), **_facts(facts)}
    return SetUp(**{**parts, "facts": given})  # type: ignore[arg-type]  # of these kinds, as was just checked


def _module(name: str) -> ModuleType:
    """As `python -m` would find it: in the current folder first."""
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.split(".")[0] != error.name.split(".")[0]:
            raise SettingError(f"The module {name!r} needs {error.name!r}, which is not installed here.") from error
        raise SettingError(f"There is no module {name!r} in {here} or on Python's path.") from error


def _function(module: ModuleType, name: str) -> Callable[[], object]:
    found = getattr(module, name, None)
    if not callable(found):
        there = sorted(key for key, value in vars(module).items() if callable(value) and not key.startswith("_"))
        near = get_close_matches(name, there, n=3) or there
        raise SettingError(
            f"The module {module.__name__!r} has no function {name!r}. It has: {', '.join(near) or 'none'}."
        )
    function: Callable[[], object] = found
    return function


def _parts(built: object, target: str) -> dict[str, object]:
    if isinstance(built, Mapping):
        parts = {str(key): value for key, value in built.items()}
    elif is_dataclass(built) and not isinstance(built, type):
        parts = {field.name: getattr(built, field.name) for field in fields(built)}
    elif isinstance(built, SimpleNamespace):
        parts = dict(vars(built))
    else:
        raise SettingError(
            f"{target} returned a {type(built).__name__}. Return a dict with the keys {', '.join(NEEDED)}, ..."
        )
    missing = [key for key in NEEDED if key not in parts]
    unknown = sorted(set(parts) - set(KEYS))
    if missing or unknown:
        wrong = [f"without {', '.join(missing)}"] if missing else []
        wrong += [f"with {', '.join(unknown)}, which mean nothing here"] if unknown else []
        raise SettingError(f"{target} returned a set-up {' and '.join(wrong)}. The keys are: {', '.join(KEYS)}.")
    return parts


def _facts(texts: Sequence[str]) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingError(f"`--fact` is {text!r}. Write it as NAME=VALUE, such as --fact d_steps=5.")
        found |= told_fact(name, value)
    return found
