"""Fields of a protobuf message without its schema: enough to read logs without the libraries that wrote them."""

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class Malformed(ValueError):  # noqa: N818  (it says what the bytes are)
    """The bytes are no message."""


def fields(message: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """(field number, wire type, value) of each field; fixed-size values come as their bytes.

    Raises:
        Malformed: the bytes are no message.
    """
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        value: int | bytes
        if wire == VARINT:
            value, at = _varint(message, at)
        else:
            size = 8 if wire == FIXED64 else 4
            if wire == BYTES:
                size, at = _varint(message, at)
            elif wire not in (FIXED64, FIXED32):
                raise Malformed(f"wire type {wire}")
            if at + size > end:
                raise Malformed("cut short")
            value, at = message[at : at + size], at + size
        yield number, wire, value


def floats(packed: bytes) -> tuple[float, ...]:
    """Packed 32-bit numbers."""
    return struct.unpack(f"<{len(packed) // 4}f", packed[: len(packed) // 4 * 4])


def doubles(packed: bytes) -> tuple[float, ...]:
    """Packed 64-bit numbers."""
    return struct.unpack(f"<{len(packed) // 8}d", packed[: len(packed) // 8 * 8])


def signed(value: int) -> int:
    """A varint as a signed 64-bit number."""
    return value - (1 << 64) if value >= 1 << 63 else value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise Malformed("a number without an end")
