"""A look at a source before anything is trained on it."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from equipoise.data.open import open_source
from equipoise.data.picture import Picture, quiet_pillow, reason_of
from equipoise.data.progress import ShowProgress, progress_bar
from equipoise.data.source import PointSource, Source, SourceLike

_MOST_PAIRS = 20
_FEW_IMAGES = 1000
_IMBALANCE = 10


@dataclass(frozen=True, kw_only=True)
class DataReport:
    """What a source holds. `sizes` counts (width, height); `modes` counts Pillow's colour modes as found.

    `duplicates` counts images whose pixels equal an earlier one's; `constant` and `corrupt` name items; `notes` are
    plain sentences, the gravest first. `examined` is below `count` if only some were looked at.
    """

    name: str
    kind: str
    description: str
    count: int
    examined: int
    class_counts: dict[str, int] | None
    sizes: dict[tuple[int, int], int]
    modes: dict[str, int]
    value_range: tuple[float, float] | None
    duplicates: int
    duplicate_pairs: tuple[tuple[str, str], ...]
    constant: tuple[str, ...]
    corrupt: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(kw_only=True, slots=True)
class _Tally:
    """What has been seen so far."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    low: int = 255
    high: int = 0
    seen: dict[bytes, int] = field(default_factory=dict)
    duplicates: int = 0
    pairs: list[tuple[str, str]] = field(default_factory=list)
    constant: list[str] = field(default_factory=list)
    corrupt: list[tuple[str, str]] = field(default_factory=list)


def inspect_source(
    source: SourceLike, *, at_most: int | None = None, progress: ShowProgress | None = None
) -> DataReport:
    """Decode the items (or `at_most` of them, evenly spread) and report. Corrupt ones are listed, never raised."""
    opened = open_source(source)
    if isinstance(opened, PointSource):
        return _point_report(opened)
    count = len(opened)
    indices = range(count) if at_most is None or at_most >= count else _spread(count, at_most)
    tally = _Tally()
    with quiet_pillow(), progress_bar(f"looking at {opened.name}", progress) as show:
        for done, index in enumerate(indices, start=1):
            _look_at(opened, int(index), tally)
            show(done, len(indices))
    return _report(opened, tally, len(indices))


def _look_at(source: Source, index: int, tally: _Tally) -> None:
    item = source.item(index)
    try:
        picture = source.read(index)
    except Exception as error:  # whatever a damaged picture makes a decoder raise
        tally.corrupt.append((item, reason_of(error)))
        return
    tally.sizes[picture.width, picture.height] += 1
    tally.modes[picture.mode] += 1
    pixels = np.asarray(picture.image)
    low, high = int(pixels.min()), int(pixels.max())
    tally.low, tally.high = min(tally.low, low), max(tally.high, high)
    if _is_constant(pixels, low, high):
        tally.constant.append(item)
    _note_duplicate(source, index, _pixel_key(picture, pixels), tally)


def _is_constant(pixels: NDArray[np.uint8], low: int, high: int) -> bool:
    return low == high or (pixels.ndim == 3 and bool((pixels == pixels[0, 0]).all()))


def _pixel_key(picture: Picture, pixels: NDArray[np.uint8]) -> bytes:
    start = f"{picture.image.mode}{picture.image.size}".encode()
    return hashlib.blake2b(start + pixels.tobytes(), digest_size=16).digest()


def _note_duplicate(source: Source, index: int, key: bytes, tally: _Tally) -> None:
    first = tally.seen.setdefault(key, index)
    if first == index:
        return
    tally.duplicates += 1
    if len(tally.pairs) < _MOST_PAIRS:
        tally.pairs.append((source.item(first), source.item(index)))


def _report(source: Source, tally: _Tally, examined: int) -> DataReport:
    counts = _class_counts(source)
    return DataReport(
        name=source.name,
        kind=source.kind,
        description=source.description,
        count=len(source),
        examined=examined,
        class_counts=counts,
        sizes=dict(tally.sizes.most_common()),
        modes=dict(tally.modes.most_common()),
        value_range=(float(tally.low), float(tally.high)) if tally.sizes else None,
        duplicates=tally.duplicates,
        duplicate_pairs=tuple(tally.pairs),
        constant=tuple(tally.constant),
        corrupt=tuple(tally.corrupt),
        notes=tuple(_notes(len(source), examined, counts, tally)),
    )


def _class_counts(source: Source) -> dict[str, int] | None:
    numbers = source.labels()
    if source.classes is None or numbers is None:
        return None
    counts = np.bincount(numbers, minlength=len(source.classes))
    return {name: int(count) for name, count in zip(source.classes, counts, strict=True)}


def _notes(count: int, examined: int, counts: dict[str, int] | None, tally: _Tally) -> list[str]:
    notes = []
    if tally.corrupt:
        name, reason = tally.corrupt[0]
        notes.append(f"{len(tally.corrupt)} of {examined} images cannot be read; the first is {name}: {reason}.")
    if tally.sizes and tally.high <= 1:
        notes.append("No value exceeds 1 of 255: these look like masks or images scaled twice, and will be black.")
    if count < _FEW_IMAGES:
        notes.append(f"Only {count} images: the discriminator will learn them by heart; train with augmentation.")
    if tally.duplicates:
        notes.append(f"{tally.duplicates} images are exact copies of others, which weighs these more in training.")
    if tally.constant:
        notes.append(f"{len(tally.constant)} images are of one colour all over, the first is {tally.constant[0]}.")
    return notes + _shape_notes(tally) + _class_notes(counts)


def _shape_notes(tally: _Tally) -> list[str]:
    notes = []
    oblong = sum(number for (width, height), number in tally.sizes.items() if width != height)
    if oblong:
        notes.append(f"{oblong} images are not square: their centre is cut out, or they are padded with fit=pad.")
    grey = sum(number for mode, number in tally.modes.items() if mode[0] in "1LI")
    if 0 < grey < sum(tally.modes.values()):
        notes.append(f"{grey} images are grey and the others are in colour: all become RGB unless channels=1.")
    return notes


def _class_notes(counts: dict[str, int] | None) -> list[str]:
    if not counts:
        return []
    notes = []
    empty = [name for name, number in counts.items() if number == 0]
    if empty:
        notes.append(f"No image in: {', '.join(empty)}.")
    filled = {name: number for name, number in counts.items() if number}
    most, least = max(filled, key=filled.__getitem__), min(filled, key=filled.__getitem__)
    if filled[most] >= _IMBALANCE * filled[least]:
        notes.append(
            f"The classes are uneven: {filled[most]} images of {most}, {filled[least]} of {least}; "
            "a conditional generator will learn the rare ones badly."
        )
    return notes


def _point_report(source: PointSource) -> DataReport:
    points = source.points()
    key = np.unique(points, axis=0)
    return DataReport(
        name=source.name,
        kind=source.kind,
        description=source.description,
        count=len(source),
        examined=len(source),
        class_counts=None,
        sizes={},
        modes={},
        value_range=(float(points.min()), float(points.max())),
        duplicates=len(points) - len(key),
        duplicate_pairs=(),
        constant=(),
        corrupt=(),
        notes=(),
    )


def _spread(count: int, wanted: int) -> list[int]:
    return [int(index) for index in np.linspace(0, count - 1, max(wanted, 1)).round()]
