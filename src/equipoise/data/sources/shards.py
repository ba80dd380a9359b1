"""Tar shards as WebDataset writes them: `00042.jpg` and `00042.cls` side by side, one sample after the other.

Nothing is ever unpacked: the shards' tables of contents are read once, and each image from its place in its shard. The
names inside are only names.
"""

import io
import tarfile
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

IMAGE_KINDS = frozenset({"png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm"})
LABEL_KIND = "cls"
LARGEST_IMAGE = 256 << 20
"""Bytes of one file in a shard: what is larger is told as unreadable and never loaded."""
LARGEST_LABEL = 256
_AT_ONCE = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """Where one image lies: in which shard, from which byte on, and how many."""

    shard: int
    name: str
    offset: int
    size: int


@dataclass(frozen=True, kw_only=True, eq=False)
class ShardSource:
    """`members` in the order of the shards; `numbers` their classes, where each has a `.cls` beside it."""

    root: Path
    shards: tuple[Path, ...]
    members: tuple[Member, ...]
    numbers: LabelArray | None
    classes: tuple[str, ...] | None
    kind: str = "shards"
    parallel: bool = True

    @property
    def name(self) -> str:
        """The folder's, or the only shard's, own name."""
        return self.root.resolve().stem or "shards"

    @property
    def description(self) -> str:
        """How many images, shards and classes."""
        classes = "no classes" if self.classes is None else f"{len(self.classes)} classes"
        return f"{self.name}: {len(self)} images in {len(self.shards)} tar shards, {classes}"

    def __len__(self) -> int:
        return len(self.members)

    def labels(self) -> LabelArray | None:
        """What the `.cls` beside each image says."""
        return self.numbers

    def item(self, index: int) -> str:
        """Shard and name."""
        member = self.members[index]
        return f"{self.shards[member.shard].name}:{member.name}"

    def read(self, index: int, *, at_least: int | None = None) -> Picture:
        """Decode one image."""
        return read_picture(self._content(self.members[index]), at_least=at_least)

    def stamp(self) -> str | None:
        """Names, sizes and times of the shards."""
        states = ((shard, shard.stat()) for shard in self.shards)
        return content_key([f"{shard.resolve()}\0{state.st_size} {state.st_mtime_ns}" for shard, state in states])

    def survey(self) -> Survey:
        """Hashes every shard and reads every image's header. Damaged ones count for the hash alone."""
        return self._survey

    @cached_property
    def _survey(self) -> Survey:
        with quiet_pillow(), progress_bar(f"reading {self.name}") as show, ThreadPoolExecutor() as pool:
            digests = list(pool.map(file_digest, self.shards))
            headers: list[Header] = []
            for start in range(0, len(self), _AT_ONCE):
                looks = pool.map(self._header, self.members[start : start + _AT_ONCE])
                headers += [header for header in looks if header is not None]
                show(min(start + _AT_ONCE, len(self)), len(self))
        sizes = {(header.width, header.height) for header in headers}
        grey = bool(headers) and all(header.grey for header in headers)
        key = content_key(["\0".join(self.classes or ()), *digests])
        return Survey(fingerprint=key, common_size=sizes.pop() if len(sizes) == 1 else None, grey=grey)

    def _header(self, member: Member) -> Header | None:
        try:
            header = read_header(self._content(member))
        except Exception:  # no picture: it is told when it is decoded
            return None
        return header if header.width * header.height <= MAX_PIXELS else None

    def _content(self, member: Member) -> io.BytesIO:
        if member.size > LARGEST_IMAGE:
            raise ValueError(f"{member.size / 1e6:.0f} MB in one file, more than the {LARGEST_IMAGE >> 20} MiB allowed")
        with self.shards[member.shard].open("rb") as file:
            file.seek(member.offset)
            content = file.read(member.size)
        if len(content) < member.size:
            raise ValueError("the shard ends in the middle of it")
        return io.BytesIO(content)


def shards_in(folder: Path) -> tuple[Path, ...]:
    """The tar files directly in `folder`, in order."""
    return tuple(sorted(path for path in folder.glob("*.tar") if path.is_file() and not path.name.startswith(".")))


def open_shards(root: Path) -> ShardSource:
    """Read the tables of contents of a tar file, or of all in a folder.

    Raises:
        DataError: a shard that is no plain tar file, no images, or labels for some of them only.
    """
    shards = (root,) if root.is_file() else shards_in(root)
    members: list[Member] = []
    labels: list[str | None] = []
    for number, shard in enumerate(shards):
        found = _contents(number, shard)
        members += [member for member, _ in found]
        labels += [label for _, label in found]
    if not members:
        raise DataError(f"The shards of `{root}` hold no images. Wanted are pairs such as 00042.jpg and 00042.cls.")
    numbers, classes = _understood(root, labels)
    return ShardSource(root=root, shards=shards, members=tuple(members), numbers=numbers, classes=classes)


def _contents(number: int, shard: Path) -> list[tuple[Member, str | None]]:
    """Images of one shard with the text of the label that has the same key."""
    images: dict[str, Member] = {}
    labels: dict[str, str] = {}
    try:
        with tarfile.open(shard, "r:") as archive:
            for entry in archive:
                if not entry.isreg() or entry.issparse():  # a link leads elsewhere, a sparse file may be of any size
                    continue
                key, kind = _split(entry.name)
                if kind in IMAGE_KINDS:
                    images[key] = Member(shard=number, name=entry.name, offset=entry.offset_data, size=entry.size)
                elif kind == LABEL_KIND and entry.size <= LARGEST_LABEL:
                    content = archive.extractfile(entry)
                    labels[key] = "" if content is None else content.read().decode("utf-8", "replace").strip()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DataError(
            f"The shard `{shard}` cannot be read: {error}. Shards are plain tar files: unpack a compressed one "
            "(`gunzip`), and copy a damaged one again."
        ) from error
    return [(member, labels.get(key)) for key, member in images.items()]


def _split(name: str) -> tuple[str, str]:
    """`a/b.c.jpg` to key `a/b` and kind `jpg`: as WebDataset has it, the key ends at the first point of the name."""
    folder, slash, last = name.rpartition("/")
    key, _, kind = last.partition(".")
    return f"{folder}{slash}{key}", kind.rpartition(".")[2].lower()


def _understood(root: Path, labels: list[str | None]) -> tuple[LabelArray | None, tuple[str, ...] | None]:
    present = {label for label in labels if label is not None}
    if not present:
        return None, None
    missing = sum(label is None for label in labels)
    if missing:
        raise DataError(
            f"{missing} of {len(labels)} images in the shards of `{root}` have no .cls beside them, and the others do. "
            "Add the missing ones, or leave all of them out."
        )
    if len(present) < 2:
        return None, None
    numeric = all(label.isdecimal() for label in present)
    classes = tuple(sorted(present, key=int) if numeric else sorted(present))
    index = {label: position for position, label in enumerate(classes)}
    return np.array([index[str(label)] for label in labels], dtype=np.int64), classes
