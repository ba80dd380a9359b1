"""Rows out of JSON: one object a line, a list of objects, or an object of lists."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from equipoise.core.errors import DataError

_DEEPEST = 6
_MOST_NUMBERS = 2000


def flat_numbers(entry: Mapping[str, Any], *, prefix: str = "", depth: int = 0) -> dict[str, float]:
    """The numbers in an object, nested names joined by `/`. Of {"num", "mean", "std"} only the mean counts."""
    row: dict[str, float] = {}
    for key, value in entry.items():
        name = prefix + str(key)
        if isinstance(value, Mapping):
            if "mean" in value and "num" in value:
                value = value["mean"]
            elif depth < _DEEPEST:
                row.update(flat_numbers(value, prefix=name + "/", depth=depth + 1))
                continue
        figure = _figure(value)
        if figure is not None and len(row) < _MOST_NUMBERS:
            row[name] = figure
    return row


def json_line_rows(lines: Iterable[str], config: dict[str, Any]) -> Iterator[dict[str, float]]:
    """One object a line. Lines that are none are left out; objects without numbers go to `config`."""
    for line in lines:
        entry = parsed(line)
        if isinstance(entry, Mapping):
            if isinstance(entry.get("config"), Mapping):
                config.update(entry["config"])
            yield flat_numbers(entry) | _snapshot(entry)


def json_rows(content: bytes, name: str, config: dict[str, Any]) -> Iterator[dict[str, float]]:
    """The rows in one JSON value, wherever in it they stand.

    Raises:
        DataError: it holds no rows.
    """
    value = parsed(content.decode("utf-8-sig", errors="replace"))
    rows = _rows_in(value, depth=0)
    if rows is None and isinstance(value, Mapping) and flat_numbers(value):
        rows = iter([flat_numbers(value) | _snapshot(value)])  # one row, such as the first metric of a run
    if value is None:
        raise DataError(f"{name} begins as JSON does, but is cut short or damaged.")
    if rows is None:
        raise DataError(f"{name} is JSON without a list of rows or lists of numbers in it.")
    if isinstance(value, Mapping):
        config.update({key: entry for key, entry in value.items() if not isinstance(entry, list)})
    yield from rows


def _snapshot(entry: Mapping[str, Any]) -> dict[str, float]:
    """Where StyleGAN's programs measured a metric: the name of the snapshot counts thousands of images."""
    found = re.search(r"network-snapshot-(\d+)", str(entry.get("snapshot_pkl", "")))
    return {"kimg": float(found[1])} if found else {}


def parsed(text: str) -> Any:
    """The JSON value, None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _rows_in(value: Any, *, depth: int) -> Iterator[dict[str, float]] | None:
    if isinstance(value, list):
        return (flat_numbers(entry) for entry in value if isinstance(entry, Mapping)) if _holds_objects(value) else None
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return None
    lists = {str(key): entry for key, entry in value.items() if isinstance(entry, list) and _holds_numbers(entry)}
    if lists:
        return _transposed(lists)
    found = (_rows_in(entry, depth=depth + 1) for entry in value.values() if isinstance(entry, list | Mapping))
    return next((rows for rows in found if rows is not None), None)


def _transposed(lists: Mapping[str, list[Any]]) -> Iterator[dict[str, float]]:
    for index in range(max(map(len, lists.values()))):
        at_index = {name: values[index] for name, values in lists.items() if index < len(values)}
        yield flat_numbers(at_index)


def _holds_objects(values: list[Any]) -> bool:
    return any(isinstance(entry, Mapping) for entry in values[:20])


def _holds_numbers(values: list[Any]) -> bool:
    return any(_figure(entry) is not None for entry in values[:20])


def _figure(value: Any) -> float | None:
    """A number, also where it is written as a word."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e308 or value != value or isinstance(value, float) else None
    if isinstance(value, list) and len(value) == 1:
        return _figure(value[0])
    if isinstance(value, str) and len(value) < 40:
        try:
            return float(value)
        except ValueError:
            return None
    return None
