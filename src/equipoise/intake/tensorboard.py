"""TensorBoard event files: records of a length, a checksum and a message, read without TensorBoard itself."""

import struct
from collections.abc import Iterable, Iterator

from equipoise.intake.wire import BYTES, FIXED32, VARINT, Malformed, doubles, fields, floats, signed

_LARGEST = 1 << 24
"""Bytes of a record worth reading; pictures and graphs are larger than any scalar."""
_FLOAT, _DOUBLE, _INT32, _INT64 = 1, 2, 3, 9


def is_event_file(head: bytes) -> bool:
    """Whether the bytes begin as an event file does: with a small record that names its version."""
    return len(head) > 24 and 0 < int.from_bytes(head[:8], "little") < 256 and b"brain.Event:" in head[12:64]


def scalars(chunks: Iterable[bytes]) -> Iterator[tuple[str, float, float]]:
    """(tag, step, value) of every scalar. A last record that is cut short is left out."""
    for record in _records(chunks):
        try:
            yield from _scalars(record)
        except Malformed:
            return  # what follows a damaged record cannot be trusted: the lengths no longer fit


def _records(chunks: Iterable[bytes]) -> Iterator[bytes]:
    pending, skip = b"", 0
    for chunk in chunks:
        pending += chunk
        while True:
            if skip:
                skipped = min(skip, len(pending))
                pending, skip = pending[skipped:], skip - skipped
            if skip or len(pending) < 12:
                break
            length = int.from_bytes(pending[:8], "little")
            if length > _LARGEST:
                pending, skip = pending[12:], length + 4
                continue
            if len(pending) < 16 + length:
                break
            yield pending[12 : 12 + length]
            pending = pending[16 + length :]


def _scalars(event: bytes) -> Iterator[tuple[str, float, float]]:
    step, summaries = 0, []
    for number, wire, value in fields(event):
        if number == 2 and wire == VARINT and isinstance(value, int):
            step = signed(value)
        elif number == 5 and wire == BYTES and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, wire, value in fields(summary):
            if number == 1 and wire == BYTES and isinstance(value, bytes):
                scalar = _scalar(value)
                if scalar is not None:
                    yield scalar[0], float(step), scalar[1]


def _scalar(message: bytes) -> tuple[str, float] | None:
    tag, found = "", None
    for number, wire, value in fields(message):
        if not isinstance(value, bytes):
            continue
        if number == 1 and wire == BYTES:
            tag = value.decode("utf-8", errors="replace")
        elif number == 2 and wire == FIXED32:
            found = struct.unpack("<f", value)[0]
        elif number == 8 and wire == BYTES:
            found = _tensor(value)
    return None if found is None or not tag else (tag, found)


def _tensor(message: bytes) -> float | None:
    """The number in a tensor that holds one."""
    kind, numbers = 0, tuple[float, ...]()
    for number, wire, value in fields(message):
        if number == 1 and isinstance(value, int):
            kind = value
        elif (
            isinstance(value, bytes) and wire in (BYTES, FIXED32) and (number == 5 or (number == 4 and kind == _FLOAT))
        ):
            numbers = floats(value)
        elif isinstance(value, bytes) and (number == 6 or (number == 4 and kind == _DOUBLE)):
            numbers = doubles(value)
        elif isinstance(value, bytes) and number == 4 and kind in (_INT32, _INT64):
            numbers = (float(int.from_bytes(value, "little", signed=True)),)
    return float(numbers[0]) if len(numbers) == 1 else None
