"""Changing a recipe by dotted keys: `--set constraints.r1.weight=10`, or a mapping from Python."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from equipoise.core.errors import SettingError
from equipoise.recipes.schema import Recipe

_ADAPTER = TypeAdapter(Recipe)


def overridden(recipe: Recipe, settings: Mapping[str, object]) -> Recipe:
    """`recipe` with every `dotted.key` of `settings` replaced.

    A constraint that was absent is added by naming one of its fields, and removed with the value None.

    Raises:
        SettingError: unknown keys or wrong types, all of them at once.
    """
    document = dataclasses.asdict(recipe)
    problems = [problem for key, value in settings.items() if (problem := _place(document, key, value))]
    if problems:
        raise SettingError("\n".join(problems))
    return validated(document)


def validated(document: Mapping[str, object]) -> Recipe:
    """A recipe from plain data, such as the content of a `recipe.json`.

    Raises:
        SettingError: a missing or unknown key, or a value of the wrong type.
    """
    try:
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        raise SettingError("\n".join(_sentence(dict(detail)) for detail in error.errors())) from None


def parsed_settings(pairs: Sequence[str]) -> dict[str, object]:
    """`["training.batch_size=32", "constraints.r1=none"]` as a mapping. Values read as JSON where they are JSON."""
    settings = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise SettingError(f"`--set {pair}` has no `=`. Write --set KEY=VALUE, for example training.batch_size=32.")
        settings[key.strip()] = _value(value.strip())
    return settings


def setting_keys(settings: type = Recipe, prefix: str = "") -> list[str]:
    """Every dotted key that can be set."""
    keys = []
    for name, kind in _fields(settings).items():
        inner = _dataclass_in(kind)
        keys += setting_keys(inner, f"{prefix}{name}.") if inner else [prefix + name]
    return keys


def _place(document: dict[str, Any], key: str, value: object) -> str | None:
    """Put `value` at `key`; returns what is wrong with the key, if anything."""
    kind: type | None = Recipe
    place = document
    *path, last = key.split(".")
    for name in path:
        if kind is None or name not in _fields(kind):
            return _unknown(key)
        kind = _dataclass_in(_fields(kind)[name])
        if kind is not None and place[name] is None:
            place[name] = {}
        place = place[name]
    if kind is None or last not in _fields(kind):
        return _unknown(key)
    wants_tuple = any(get_origin(option) is tuple for option in (_fields(kind)[last], *get_args(_fields(kind)[last])))
    place[last] = [part.strip() for part in value.split(",")] if wants_tuple and isinstance(value, str) else value
    return None


def _unknown(key: str) -> str:
    keys = setting_keys()
    near = get_close_matches(key, keys, n=3, cutoff=0.5)
    near += [other for other in keys if other.rsplit(".", 1)[-1] == key.rsplit(".", 1)[-1] and other not in near]
    hint = f"Did you mean {' or '.join(near[:3])}?" if near else f"There are: {', '.join(keys)}."
    return f"Unknown setting `{key}`. {hint}"


def _sentence(detail: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "missing":
        return f"`{key}` is missing."
    if detail["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return _unknown(key)
    if detail["type"] in ("dataclass_type", "dataclass_exact_type"):
        return f"`{key}` is {detail['input']!r}, but it has settings of its own: write `{key}.weight=...`, or `none`."
    message = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return f"`{key}` is {detail['input']!r}, but should be {message}."


def _value(text: str) -> object:
    if text.lower() in ("none", "null"):
        return None
    for candidate in (text, f"[{text}]"):
        try:
            return json.loads(candidate)
        except ValueError:
            continue
    return text


def _fields(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _dataclass_in(kind: Any) -> type | None:
    """The dataclass in `D` or `D | None`, if there is one."""
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    for option in options:
        if option is not NoneType and dataclasses.is_dataclass(option):
            return option if isinstance(option, type) else type(option)
    return None
