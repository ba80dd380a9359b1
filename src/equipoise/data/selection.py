"""A handful of images that show what a source holds."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import UInt8

from equipoise.core.errors import DataError, SettingError
from equipoise.data.fitting import fitted
from equipoise.data.open import open_source
from equipoise.data.picture import Picture, quiet_pillow
from equipoise.data.source import LabelArray, PointSource, Source, SourceLike

PreviewImages = UInt8[np.ndarray, "count channels size size"]


def preview(source: SourceLike, *, count: int = 64, size: int = 64) -> PreviewImages:
    """Up to `count` readable images, taken from each class in turn and evenly within it. Grey if all of them are."""
    opened = open_source(source)
    if isinstance(opened, PointSource):
        raise SettingError(f"`{opened.name}` holds points, not images: draw them instead of a preview.")
    with quiet_pillow():
        pictures = _readable(opened, count, size)
    if not pictures:
        raise DataError(f"None of the images tried in `{opened.name}` can be read. Look at them with `inspect_source`.")
    channels = 1 if all(picture.image.mode == "L" for picture in pictures) else 3
    return np.stack([fitted(picture, size=size, channels=channels) for picture in pictures])


def _readable(source: Source, count: int, size: int) -> list[Picture]:
    """Unreadable ones are passed over, but no more than `count` of them: a preview stays quick."""
    pictures: list[Picture] = []
    failed = 0
    for index in _in_turn(source.labels() if source.classes else None, len(source), count):
        if len(pictures) == count or failed > count:
            break
        try:
            pictures.append(source.read(index, at_least=size))
        except Exception:  # inspection names them; here they are only left out
            failed += 1
    return pictures


def _in_turn(numbers: LabelArray | None, total: int, count: int) -> Iterator[int]:
    """Each class in turn; within a class first an even spread of as many as are wanted, then the rest."""
    groups = [np.arange(total)] if numbers is None else [np.flatnonzero(numbers == n) for n in np.unique(numbers)]
    wanted = -(-count // len(groups))
    orders = [_spread_first(group, wanted) for group in groups]
    for place in range(max(len(order) for order in orders)):
        yield from (int(order[place]) for order in orders if place < len(order))


def _spread_first(group: LabelArray, wanted: int) -> LabelArray:
    chosen = np.unique(np.linspace(0, len(group) - 1, min(wanted, len(group))).round().astype(np.int64))
    return np.concatenate([group[chosen], np.delete(group, chosen)])
