"""A folder of images. Its sub-folders are the classes; images directly in it have no labels."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from equipoise.core.errors import DataError
from equipoise.data.cache import content_key, file_digest
from equipoise.data.picture import MAX_PIXELS, Header, Picture, quiet_pillow, read_header, read_picture
from equipoise.data.progress import progress_bar
from equipoise.data.source import LabelArray, Survey

EXTENSIONS = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm"}
)  # fmt: skip
_AT_ONCE = 1024
_SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})


@dataclass(frozen=True, kw_only=True, eq=False)
class FolderSource:
    """`files` are paths relative to `root`, sorted; `numbers` their classes."""

    root: Path
    files: tuple[str, ...]
    numbers: LabelArray | None
    classes: tuple[str, ...] | None
    kind: str = "folder"
    parallel: bool = True

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.root.resolve().name or "images"

    @property
    def description(self) -> str:
        """How many images and classes."""
        classes = "no classes" if self.classes is None else f"{len(self.classes)} classes"
        return f"{self.name}: folder of {len(self)} images, {classes}"

    def __len__(self) -> int:
        return len(self.files)

    def labels(self) -> LabelArray | None:
        """The sub-folder of each file."""
        return self.numbers

    def item(self, index: int) -> str:
        """The path within the folder."""
        return self.files[index]

    def read(self, index: int, *, at_least: int | None = None) -> Picture:
        """Decode one file."""
        return read_picture(self.root / self.files[index], at_least=at_least)

    def stamp(self) -> str | None:
        """Names, sizes and times of all files."""
        return content_key([str(self.root.resolve()), *(f"{name}\0{self._state(name)}" for name in self.files)])

    def survey(self) -> Survey:
        """Hashes every file and reads every header. Damaged ones count for the hash alone."""
        return self._survey

    @cached_property
    def _survey(self) -> Survey:
        with quiet_pillow(), progress_bar(f"reading {self.name}") as show, ThreadPoolExecutor() as pool:
            looks: list[tuple[str, Header | None]] = []
            for start in range(0, len(self), _AT_ONCE):
                looks += pool.map(self._look, self.files[start : start + _AT_ONCE])
                show(len(looks), len(self))
        key = content_key(["\0".join(self.classes or ()), *(digest for digest, _ in looks)])
        headers = [header for _, header in looks if header is not None]
        sizes = {(header.width, header.height) for header in headers}
        grey = bool(headers) and all(header.grey for header in headers)
        return Survey(fingerprint=key, common_size=sizes.pop() if len(sizes) == 1 else None, grey=grey)

    def _look(self, name: str) -> tuple[str, Header | None]:
        try:
            digest = f"{name}\0{file_digest(self.root / name)}"
        except OSError as error:
            return f"{name}\0unreadable {error.errno}", None
        try:
            header = read_header(self.root / name)
        except Exception:  # no picture: it is told when it is decoded
            return digest, None
        return digest, header if header.width * header.height <= MAX_PIXELS else None

    def _state(self, name: str) -> str:
        try:
            state = (self.root / name).stat()
        except OSError as error:
            return f"unreadable {error.errno}"
        return f"{state.st_size} {state.st_mtime_ns}"


def open_folder(root: Path) -> FolderSource:
    """Find the images under `root`; raises DataError where their layout cannot be understood."""
    try:
        loose, by_class = _found(root)
    except OSError as error:
        raise DataError(f"Cannot list the folder `{root}`: {error.strerror}. Check its permissions.") from error
    _check_layout(root, loose, by_class)
    if len(by_class) <= 1:
        files = loose or next(iter(by_class.values()))
        return FolderSource(root=root, files=tuple(files), numbers=None, classes=None)
    numbers = np.repeat(np.arange(len(by_class), dtype=np.int64), [len(files) for files in by_class.values()])
    files = [file for files in by_class.values() for file in files]
    return FolderSource(root=root, files=tuple(files), numbers=numbers, classes=tuple(by_class))


def _found(root: Path) -> tuple[list[str], dict[str, list[str]]]:
    entries = sorted((entry for entry in os.scandir(root) if not entry.name.startswith(".")), key=lambda e: e.name)
    loose = [entry.name for entry in entries if _is_image(entry.name) and entry.is_file()]
    by_class = {entry.name: sorted(_images_under(root, entry.name)) for entry in entries if entry.is_dir()}
    return loose, {name: files for name, files in by_class.items() if files}


def _images_under(root: Path, folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(root / folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place).relative_to(root)
        yield from (str(here / name) for name in names if _is_image(name) and not name.startswith("."))


def _check_layout(root: Path, loose: list[str], by_class: dict[str, list[str]]) -> None:
    if not loose and not by_class:
        raise DataError(
            f"The folder `{root}` holds no images. Wanted are {', '.join(sorted(EXTENSIONS))}, "
            "directly in it (no labels) or in one sub-folder a class."
        )
    if loose and by_class:
        raise DataError(
            f"The folder `{root}` holds {len(loose)} images beside the sub-folders {_some(list(by_class))}. "
            "Move the loose images into a sub-folder of their class, or the sub-folders elsewhere."
        )
    if len(by_class) > 1 and all(name.lower() in _SPLITS for name in by_class):
        raise DataError(
            f"The sub-folders of `{root}` are {_some(list(by_class))}: splits, not classes. "
            f"Pass one of them, as `{root / next(iter(by_class))}`."
        )


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in EXTENSIONS


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def _raise(error: OSError) -> None:
    raise error
