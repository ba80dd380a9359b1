"""Weights & Biases offline files (`run-*.wandb`): LevelDB's log framing around protobuf records that hold JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from equipoise.intake.jsonrows import flat_numbers
from equipoise.intake.wire import BYTES, Malformed, fields

MAGIC = b":W&B"
_HEADER = 7
_BLOCK = 1 << 15
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_LARGEST = 1 << 24
_HISTORY, _CONFIG, _RUN = 2, 5, 17
_ITEM_KEY, _ITEM_NESTED_KEY, _ITEM_JSON = 1, 2, 16


def wandb_rows(chunks: Iterable[bytes], config: dict[str, Any]) -> Iterator[dict[str, float]]:
    """Every logged row; the run's settings are put into `config`."""
    for record in _records(chunks):
        try:
            for number, wire, value in fields(record):
                if wire != BYTES or not isinstance(value, bytes):
                    continue
                if number == _HISTORY:
                    yield flat_numbers(_items(value, 1))
                elif number == _CONFIG:
                    config.update(_items(value, 1))
                elif number == _RUN:
                    for inner, _, part in fields(value):
                        if inner == 4 and isinstance(part, bytes):
                            config.update(_items(part, 1))
        except Malformed:
            continue  # the framing still holds: only this record is damaged


def _records(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Whole records. Their parts never cross the border of a block."""
    whole = b""
    for block in _blocks(chunks):
        at = 0
        while at + 7 <= len(block):
            size, kind = int.from_bytes(block[at + 4 : at + 6], "little"), block[at + 6]
            part = block[at + 7 : at + 7 + size]
            at += 7 + size
            if kind not in (_FULL, _FIRST, _MIDDLE, _LAST) or len(part) < size:
                break  # padding, or a block that was cut short
            whole = part if kind in (_FULL, _FIRST) else whole + part
            if len(whole) > _LARGEST:
                whole = b""
            elif kind in (_FULL, _LAST):
                yield whole
                whole = b""


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks of the log; the file's own header counts to the first."""
    pending, first = b"", True
    for chunk in chunks:
        pending += chunk
        while len(pending) >= _BLOCK:
            yield pending[_HEADER if first else 0 : _BLOCK]
            pending, first = pending[_BLOCK:], False
    if pending:
        yield pending[_HEADER if first else 0 :]


def _items(message: bytes, item: int) -> Mapping[str, Any]:
    """Names to values of the items under field `item`."""
    out: dict[str, Any] = {}
    for number, _, value in fields(message):
        if number != item or not isinstance(value, bytes):
            continue
        keys, text = [], b""
        for inner, _, part in fields(value):
            if isinstance(part, bytes) and inner in (_ITEM_KEY, _ITEM_NESTED_KEY):
                keys.append(part.decode("utf-8", errors="replace"))
            elif isinstance(part, bytes) and inner == _ITEM_JSON:
                text = part
        try:
            out["/".join(keys)] = json.loads(text)
        except (ValueError, RecursionError):
            continue  # not a value that a log can hold
    return out
