"""The bytes of a log, from anywhere, read so that no file can fill the memory."""

import codecs
import gzip
import io
import lzma
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from equipoise.core.errors import DataError

HEAD = 1 << 16
"""Bytes by which a format is told."""
LONGEST_LINE = 1 << 20
"""A longer line is left out, and that is said: no log has one, junk does."""
MOST_UNPACKED = 1 << 30
"""Bytes that a compressed log may unpack to."""
MOST_AT_ONCE = 1 << 28
"""Bytes of a file that can only be read whole, such as one JSON value."""
_CHUNK = 1 << 18
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DAMAGED = (
    gzip.BadGzipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    RuntimeError,
    NotImplementedError,
)


@dataclass(slots=True)
class Source:
    """An opened log. It can be read once, from the beginning."""

    name: str
    stream: io.BufferedIOBase
    unpacked: bool = False
    head: bytes = b""
    overlong: int = 0
    """Lines that were left out because they were too long."""

    def chunks(self) -> Iterator[bytes]:
        """All bytes, in pieces.

        Raises:
            DataError: a compressed log is damaged, or unpacks to more than `MOST_UNPACKED`.
        """
        total = len(self.head)
        if self.head:
            yield self.head
        while chunk := self._read(_CHUNK):
            total += len(chunk)
            if self.unpacked and total > MOST_UNPACKED:
                raise DataError(
                    f"{self.name} unpacks to more than {MOST_UNPACKED >> 30} GiB, which no log does. "
                    "Unpack it yourself if it is one."
                )
            yield chunk

    def whole(self) -> bytes:
        """All bytes at once.

        Raises:
            DataError: there are more than `MOST_AT_ONCE`.
        """
        parts, total = [], 0
        for chunk in self.chunks():
            parts.append(chunk)
            total += len(chunk)
            if total > MOST_AT_ONCE:
                raise DataError(
                    f"{self.name} is one value of more than {MOST_AT_ONCE >> 20} MiB. "
                    "Write one JSON object a line (.jsonl), which is read row by row."
                )
        return b"".join(parts)

    def lines(self) -> Iterator[str]:
        """Lines of text, ended by any of the usual ends; a progress bar's carriage return ends one too."""
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        pending, skipping = "", False
        for chunk in self.chunks():
            *lines, pending = (pending + decoder.decode(chunk).replace("\r", "\n")).split("\n")
            for line in lines:
                if not skipping and len(line) <= LONGEST_LINE:
                    yield line
                skipping = False
            if len(pending) > LONGEST_LINE:
                self.overlong += not skipping
                pending, skipping = "", True
        if not skipping:
            yield pending + decoder.decode(b"", final=True)

    @property
    def encoding(self) -> str:
        """As the file's first bytes say, else UTF-8."""
        return next((name for mark, name in _MARKS.items() if self.head.startswith(mark)), "utf-8")

    def text_head(self) -> str:
        """The beginning as text."""
        return self.head.decode(self.encoding, errors="replace")

    def fill_head(self) -> None:
        """Read what the format is told by."""
        while len(self.head) < HEAD and (chunk := self._read(HEAD - len(self.head))):
            self.head += chunk

    def _read(self, size: int) -> bytes:
        try:
            return self.stream.read(size)
        except _DAMAGED as error:
            raise DataError(f"{self.name} is damaged and cannot be unpacked ({error}).") from error
        except OSError as error:
            raise DataError(f"Cannot read {self.name}: {error.strerror or error}.") from error


@contextmanager
def opened(path: Path, *, may_be_empty: bool = False) -> Iterator[Source]:
    """The log at `path`, unpacked if its first bytes say that it is gzip, xz or zip; `-` is standard input.

    Raises:
        DataError: it is missing, unreadable, no file, or empty where it must not be.
    """
    try:
        raw = cast(io.BufferedIOBase, sys.stdin.buffer) if str(path) == "-" else _open(path)
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}.") from error
    name = "standard input" if str(path) == "-" else str(path)
    try:
        source = _unpacked(Source(name, raw))
        if not may_be_empty and not source.head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
            raise DataError(f"{name} is empty: there is nothing to diagnose.")
        yield source
    finally:
        if raw is not sys.stdin.buffer:
            raw.close()


def _open(path: Path) -> io.BufferedIOBase:
    kind = path.stat().st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
        raise DataError(f"{path} is neither a file nor a folder.")
    return path.open("rb")


def _unpacked(source: Source) -> Source:
    source.fill_head()
    again = io.BufferedReader(_Again(source))
    if source.head.startswith(b"\x1f\x8b"):
        inner: io.BufferedIOBase = gzip.GzipFile(fileobj=again)
    elif source.head.startswith(b"\xfd7zXZ\x00"):
        inner = lzma.LZMAFile(again)
    elif source.head.startswith(b"PK\x03\x04"):
        inner = _only_member(source)
    else:
        return source
    unpacked = Source(source.name, inner, unpacked=True)
    unpacked.fill_head()
    if unpacked.head[257:262] == b"ustar":
        raise DataError(f"{source.name} is an archive of several files. Unpack it and name the log or the folder.")
    return unpacked


def _only_member(source: Source) -> io.BufferedIOBase:
    if not source.stream.seekable():
        raise DataError("A zip archive cannot come through standard input. Unpack it first.")
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], source.stream))
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1:
            raise DataError(f"{source.name} holds {len(members)} files. Unpack it and name the log or the folder.")
        return cast(io.BufferedIOBase, archive.open(members[0]))
    except _DAMAGED as error:
        raise DataError(f"{source.name} is a damaged zip archive ({error}).") from error


class _Again(io.RawIOBase):
    """What was read of a source to tell its format, then the rest."""

    def __init__(self, source: Source) -> None:
        self._left, self._stream = source.head, source.stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` as far as one read goes."""
        size = len(buffer)
        part, self._left = (self._left[:size], self._left[size:]) if self._left else (self._stream.read(size), b"")
        buffer[: len(part)] = part
        return len(part)
