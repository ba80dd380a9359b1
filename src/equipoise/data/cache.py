"""Where prepared and downloaded data lies, and how two processes share it."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.core.errors import DataError

_CHUNK = 1 << 24


def cache_folder() -> Path:
    """`$EQUIPOISE_CACHE`, else `~/.cache/equipoise`. Not created here."""
    chosen = os.environ.get("EQUIPOISE_CACHE")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "equipoise"


def content_key(parts: Iterable[str | bytes]) -> str:
    """32 hexadecimal digits of BLAKE2b over the parts, each preceded by its length."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """BLAKE2b of a file's content, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def array_digest(array: NDArray[Any]) -> str:
    """BLAKE2b of an array's type, shape and values, in pieces, so that a memory map stays one."""
    digest = hashlib.blake2b(f"{array.dtype.str}{array.shape}".encode())
    rows = max(1, _CHUNK // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        digest.update(np.ascontiguousarray(array[start : start + rows]).view(np.uint8).data)
    return digest.hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """The whole file or none of it, also when the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """An operating system's refusal, told with the folder and the way out."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"Cannot write under `{path}`: {error.strerror or error}. "
            "Free some space, or set EQUIPOISE_CACHE (or `cache=`) to a folder that can be written."
        ) from error
