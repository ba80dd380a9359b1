"""Changing a recipe by dotted keys: `--set constraints.r1.weight=10`, or a mapping from Python."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from equipoise.constraints import CONSTRAINTS
from equipoise.core.errors import SettingError
from equipoise.recipes.schema import Recipe

_ADAPTER = TypeAdapter(Recipe)


def overridden(recipe: Recipe, settings: Mapping[str, object]) -> Recipe:
    """`recipe` with every `dotted.key` of `settings` replaced.

    A constraint that was absent is added by naming its weight (`constraints.r1.weight`), and removed by None.

    Raises:
        SettingError: unknown keys or wrong types, all of them at once.
    """
    document = dataclasses.asdict(recipe)
    problems = [problem for key, value in settings.items() if (problem := _place(document, key, value))]
    try:
        changed = validated(document)
    except SettingError as error:
        problems.append(str(error))
    if problems:
        raise SettingError("\n".join(problems))
    return changed


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


def setting_keys(settings: Any = Recipe, prefix: str = "") -> list[str]:
    """Every dotted key that can be set."""
    keys = []
    for name, kind in _members(settings).items():
        has_members = dataclasses.is_dataclass(kind) or get_origin(kind) is dict
        keys += setting_keys(kind, f"{prefix}{name}.") if has_members else [prefix + name]
    return keys


def _place(document: dict[str, Any], key: str, value: object) -> str | None:
    """Put `value` at `key`; returns what is wrong with the key, if anything."""
    kind: Any = Recipe
    place = document
    *path, last = key.split(".")
    for name in path:
        kind = _members(kind).get(name)
        if kind is None:
            return _unknown(key)
        place = place.setdefault(name, {}) if dataclasses.is_dataclass(kind) or get_origin(kind) is dict else {}
    members = _members(kind)
    if last not in members:
        return _unknown(key)
    if value is None and get_origin(kind) is dict:
        place.pop(last, None)
    elif _members(members[last]):
        return f"`{key}` is {value!r}, but it has settings of its own: write `{key}.NAME=...`."
    else:
        place[last] = _fitting(value, members[last])
    return None


def _fitting(value: object, kind: Any) -> object:
    """What was meant by `none` where a choice has that name, and by a comma where a tuple is wanted."""
    if value is None and get_origin(kind) is Literal and "none" in get_args(kind):
        return "none"
    wants_tuple = any(get_origin(option) is tuple for option in (kind, *get_args(kind)))
    if wants_tuple and isinstance(value, int | float):
        return [value]
    return [part.strip() for part in value.split(",")] if wants_tuple and isinstance(value, str) else value


def _members(kind: Any) -> dict[str, Any]:
    """What lies one dot below: the fields of a dataclass, the penalties of `constraints`, nothing below a value."""
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    if get_origin(kind) is dict:
        return dict.fromkeys(CONSTRAINTS, get_args(kind)[1])
    return {}


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
        return f"`{key}` is {detail['input']!r}, but it has settings of its own: write `{key}.NAME=...`."
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
