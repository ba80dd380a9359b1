"""Looking a method up by its name, with the way out when there is none of that name."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from inspect import signature
from typing import Any, TypeVar

from equipoise.core.errors import SettingError

Entry = TypeVar("Entry")


def entry(catalogue: Mapping[str, Entry], name: str, *, argument: str) -> Entry:
    """`catalogue[name]`.

    Raises:
        SettingError: there is none; the message calls it `argument`, names the near ones and lists all.
    """
    if name not in catalogue:
        near = get_close_matches(name, catalogue, n=2)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise SettingError(f"`{argument}` is {name!r}, which is unknown. {hint}There are: {', '.join(catalogue)}.")
    return catalogue[name]


def made(
    catalogue: Mapping[str, Callable[..., Entry]], name: str, parameters: Mapping[str, Any], *, argument: str
) -> Entry:
    """What the factory of that name makes of `parameters`.

    Raises:
        SettingError: no such name, or a parameter that its factory does not take (the message names those that do).
    """
    factory = entry(catalogue, name, argument=argument)
    for parameter in parameters:
        if parameter not in signature(factory).parameters:
            takers = [other for other, made_by in catalogue.items() if parameter in signature(made_by).parameters]
            who = f"The ones that take it: {', '.join(takers)}." if takers else f"No {argument} takes it."
            raise SettingError(f"The {argument} {name!r} has no parameter `{parameter}`. {who}")
    return factory(**parameters)
