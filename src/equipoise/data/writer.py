"""Appends rows to a folder that is not finished yet, and finds its place again after a kill.

The rows are written with plain appends, not through a memory map: a full disk is then an error, not a signal that ends
the process. After each append one line of `progress.jsonl` says how many rows count; whatever lies behind is rewritten.
"""

import io
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from equipoise.core.errors import DataError
from equipoise.data.cache import writing_to
from equipoise.data.manifest import Manifest
from equipoise.data.source import LabelArray

_SPARE_BYTES = 64 << 20


@dataclass(kw_only=True, slots=True)
class Progress:
    """How far a preparation came: items read, rows kept, what was left out."""

    read: int = 0
    kept: int = 0
    upscaled: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Chunk:
    """The outcome of some consecutive items."""

    read: int
    rows: NDArray[np.uint8]
    numbers: LabelArray | None
    upscaled: int
    skipped: list[tuple[str, str]]


class StoreWriter:
    """Writes `<folder>.partial`, which becomes `<folder>` when it is complete. One process at a time."""

    def __init__(self, folder: Path, *, total: int, row_shape: tuple[int, int, int]) -> None:
        self.folder = folder
        self.partial = folder.with_name(f"{folder.name}.partial")
        self.total = total
        self.row_shape = row_shape
        self.progress = Progress()

    def resume(self) -> None:
        """Take up what lies there, or start anew. Checks the free space first."""
        with writing_to(self.folder.parent):
            self.partial.mkdir(parents=True, exist_ok=True)
            self._check_space()
        self.progress = self._remembered()

    def append(self, chunk: Chunk) -> None:
        """Write the rows, then the line that makes them count."""
        with writing_to(self.partial):
            self._write(self.partial / "images.npy", self.row_shape, chunk.rows)
            if chunk.numbers is not None:
                self._write(self.partial / "labels.npy", (), chunk.numbers)
            self._remember(chunk)
        self._advance(chunk.read, len(chunk.rows), chunk.upscaled, chunk.skipped)

    def finish(self, manifest: Manifest) -> None:
        """State the true number of rows, add the manifest, take the final name."""
        with writing_to(self.partial):
            _finish_array(self.partial / "images.npy", np.dtype(np.uint8), (manifest.count, *self.row_shape))
            if (self.partial / "labels.npy").exists():
                _finish_array(self.partial / "labels.npy", np.dtype(np.int64), (manifest.count,))
            (self.partial / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
            (self.partial / "progress.jsonl").unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)  # only ever a damaged one of the same key
            os.replace(self.partial, self.folder)

    def numbers(self) -> LabelArray | None:
        """The labels of the rows kept so far."""
        path = self.partial / "labels.npy"
        if not path.exists():
            return None
        start = len(_header(np.dtype(np.int64), (self.total,)))
        return np.fromfile(path, dtype=np.int64, count=self.progress.kept, offset=start)

    def discard(self) -> None:
        """Give up: leave nothing."""
        shutil.rmtree(self.partial, ignore_errors=True)

    def _write(self, path: Path, row_shape: tuple[int, ...], rows: NDArray[Any]) -> None:
        header = _header(rows.dtype, (self.total, *row_shape))
        row_bytes = rows.dtype.itemsize * int(np.prod(row_shape, dtype=np.int64))
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.write(header)
            file.seek(len(header) + self.progress.kept * row_bytes)
            file.write(np.ascontiguousarray(rows).data)
            _flush(file)

    def _remember(self, chunk: Chunk) -> None:
        line = {"read": chunk.read, "kept": len(chunk.rows), "upscaled": chunk.upscaled, "skipped": chunk.skipped}
        with (self.partial / "progress.jsonl").open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            _flush(file)

    def _remembered(self) -> Progress:
        self.progress = Progress()
        path = self.partial / "progress.jsonl"
        whole = []
        if path.exists():
            whole = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
            with writing_to(path):
                path.write_bytes(b"".join(whole))  # a line cut short by the kill does not count
        for line in whole:
            found = json.loads(line)
            skipped = [(str(name), str(reason)) for name, reason in found["skipped"]]
            self._advance(found["read"], found["kept"], found["upscaled"], skipped)
        return self.progress

    def _advance(self, read: int, kept: int, upscaled: int, skipped: list[tuple[str, str]]) -> None:
        self.progress.read += read
        self.progress.kept += kept
        self.progress.upscaled += upscaled
        self.progress.skipped += skipped

    def _check_space(self) -> None:
        there = sum(path.stat().st_size for path in self.partial.iterdir())
        needed = self.total * (int(np.prod(self.row_shape)) + 8) - there
        free = shutil.disk_usage(self.partial).free
        if needed + _SPARE_BYTES > free:
            raise DataError(
                f"Preparing {self.total} images of {self.row_shape} needs {needed / 1e9:.2f} GB under "
                f"`{self.folder.parent}`, where {free / 1e9:.2f} GB are free. Free some space, "
                "choose a smaller `size`, or set EQUIPOISE_CACHE (or `cache=`) to a larger disk."
            )


def _header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """The head of an `.npy` file. numpy pads it, so that its length does not depend on the number of rows."""
    buffer = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(dtype)
    np.lib.format.write_array_header_1_0(buffer, {"descr": descr, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def _finish_array(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    header = _header(dtype, shape)
    with path.open("r+b") as file:
        file.write(header)
        file.truncate(len(header) + dtype.itemsize * int(np.prod(shape, dtype=np.int64)))
        _flush(file)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
