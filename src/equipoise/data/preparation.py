"""Decode and resize every image once, into a folder that training memory-maps."""

import os
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from equipoise.core.errors import DataError, SettingError
from equipoise.core.lock import only_one_process
from equipoise.data.cache import cache_folder, content_key, writing_to
from equipoise.data.fitting import Fit, fitted, is_enlarged
from equipoise.data.manifest import FORMAT_VERSION, Manifest
from equipoise.data.open import open_source
from equipoise.data.picture import quiet_pillow, reason_of
from equipoise.data.progress import ShowProgress, progress_bar
from equipoise.data.source import LabelArray, PointSource, Source, SourceLike, Survey
from equipoise.data.store import ImageStore, PointStore, Store
from equipoise.data.surveys import remembered_survey
from equipoise.data.writer import Chunk, StoreWriter

DEFAULT_SIZE = 64
_CHUNK_BYTES = 64 << 20
_CHUNK_ITEMS = 512
_FEW = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """What is to be made of which source."""

    source: Source
    fingerprint: str
    size: int
    channels: int
    fit: Fit

    @property
    def row_shape(self) -> tuple[int, int, int]:
        return (self.channels, self.size, self.size)

    @property
    def folder_name(self) -> str:
        key = content_key([self.fingerprint, repr((self.row_shape, self.fit, FORMAT_VERSION))])
        plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in self.source.name)
        return f"{plain[:40]}-{self.size}x{self.size}x{self.channels}-{key[:16]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """One item: a row, or the reason why there is none."""

    row: NDArray[np.uint8] | None
    reason: str = ""
    enlarged: bool = False


def prepare(
    source: SourceLike,
    *,
    size: int | None = None,
    channels: int | None = None,
    cache: Path | None = None,
    allow_bad_share: float = 0.01,
    fit: Fit = "crop",
    progress: ShowProgress | None = None,
) -> Store:
    """Open `source` and return what training reads from; done once for the same content and settings.

    Args:
        source: a name, a path, an array, a torch Dataset, or an opened source.
        size: side in pixels; None takes the images' own if all share one, else 64.
        channels: 1 or 3; None takes 1 if every image is grey.
        cache: where prepared folders lie; None takes `prepared` in `cache_folder()`.
        allow_bad_share: skipped images up to this share of all are listed in the manifest; beyond it is an error.
        fit: `crop` to the centre square, or `pad` with white.
        progress: called with (done, total) instead of showing a bar.
    """
    opened = open_source(source)
    _check_settings(size, channels, allow_bad_share)
    if isinstance(opened, PointSource):
        return _point_store(opened, size, channels)
    if len(opened) < 2:
        raise _too_few(opened.name, len(opened))
    root = cache_folder() / "prepared" if cache is None else cache
    plan = _planned(opened, root, size=size, channels=channels, fit=fit)
    folder = root / plan.folder_name
    store = _usable(folder)
    if store is None:
        with writing_to(root):
            root.mkdir(parents=True, exist_ok=True)
        with only_one_process(root / f".{plan.folder_name}.lock"):
            store = _usable(folder) or _prepared(plan, folder, allow_bad_share, progress)
    _check_share(plan.source.name, list(store.manifest.skipped), store.manifest.total, allow_bad_share)
    return store


def native_size(source: SourceLike, *, cache: Path | None = None) -> int | None:
    """The side that all images of `source` share, or None where they differ (or where there are only points)."""
    opened = open_source(source)
    if isinstance(opened, PointSource):
        return None
    root = cache_folder() / "prepared" if cache is None else cache
    return _common_side(opened, remembered_survey(opened, root / "surveys"))


def _common_side(source: Source, survey: Survey) -> int | None:
    width, height = survey.common_size or (0, 1)
    is_fixed = width == height or (source.kind not in ("folder", "shards") and survey.common_size is not None)
    return min(width, height) if is_fixed else None


def _check_settings(size: int | None, channels: int | None, allow_bad_share: float) -> None:
    if size is not None and size < 1:
        raise SettingError(f"`size` is {size}. It is the side of an image in pixels: 32, 64, 128.")
    if channels not in (None, 1, 3):
        raise SettingError(f"`channels` is {channels}. Use 1 (grey), 3 (RGB), or leave it out.")
    if not 0 <= allow_bad_share <= 1:
        raise SettingError(f"`allow_bad_share` is {allow_bad_share}. It is a share of all images, from 0 to 1.")


def _point_store(source: PointSource, size: int | None, channels: int | None) -> PointStore:
    if size is not None or channels is not None:
        raise SettingError(f"`{source.name}` holds points, which have no `size` or `channels`. Leave both out.")
    if len(source) < 2:
        raise _too_few(source.name, len(source))
    modes = source.modes()
    return PointStore(
        torch.from_numpy(source.points().copy()),
        name=source.name,
        modes=None if modes is None else torch.from_numpy(modes.copy()),
        mixture=source.mixture,
    )


def _planned(source: Source, root: Path, *, size: int | None, channels: int | None, fit: Fit) -> _Plan:
    survey = remembered_survey(source, root / "surveys")
    if size is None:
        size = _common_side(source, survey) or DEFAULT_SIZE
    chosen = channels or (1 if survey.grey else 3)
    return _Plan(source=source, fingerprint=survey.fingerprint, size=size, channels=chosen, fit=fit)


def _usable(folder: Path) -> ImageStore | None:
    """The finished folder, if there is one and it is whole."""
    if not folder.exists():
        return None
    try:
        return ImageStore(folder)
    except DataError:
        return None


def _prepared(plan: _Plan, folder: Path, allow_bad_share: float, progress: ShowProgress | None) -> ImageStore:
    total = len(plan.source)
    writer = StoreWriter(folder, total=total, row_shape=plan.row_shape)
    writer.resume()
    try:
        with (
            progress_bar(f"preparing {plan.source.name}", progress) as show,
            closing(_chunks(plan, start=writer.progress.read)) as chunks,
        ):
            for chunk in chunks:
                writer.append(chunk)
                show(writer.progress.read, total)
                _check_share(plan.source.name, writer.progress.skipped, total, allow_bad_share)
        if writer.progress.kept < 2:
            raise _too_few(plan.source.name, writer.progress.kept)
    except DataError:
        writer.discard()
        raise
    writer.finish(_manifest(plan, writer))
    return ImageStore(folder)


def _chunks(plan: _Plan, start: int) -> Generator[Chunk, None, None]:
    step = max(1, min(_CHUNK_ITEMS, _CHUNK_BYTES // int(np.prod(plan.row_shape))))
    numbers = plan.source.labels()
    with quiet_pillow(), _workers(plan, len(plan.source) - start) as pool:
        for first in range(start, len(plan.source), step):
            indices = range(first, min(first + step, len(plan.source)))
            work = partial(_outcome, plan)
            outcomes = list(map(work, indices) if pool is None else pool.map(work, indices))
            yield _chunk(plan, indices, outcomes, numbers)


def _chunk(plan: _Plan, indices: range, outcomes: list[_Outcome], numbers: LabelArray | None) -> Chunk:
    both = list(zip(indices, outcomes, strict=True))
    rows = [outcome.row for outcome in outcomes if outcome.row is not None]
    kept = [index for index, outcome in both if outcome.row is not None]
    return Chunk(
        read=len(indices),
        rows=np.stack(rows) if rows else np.empty((0, *plan.row_shape), np.uint8),
        numbers=None if numbers is None else numbers[kept],
        upscaled=sum(outcome.enlarged for outcome in outcomes),
        skipped=[(plan.source.item(index), outcome.reason) for index, outcome in both if outcome.row is None],
    )


@contextmanager
def _workers(plan: _Plan, remaining: int) -> Iterator[ThreadPoolExecutor | None]:
    """Threads, not processes: Pillow decodes and resizes outside the interpreter lock, and a script needs no guard."""
    if not plan.source.parallel or remaining < _FEW:
        yield None
        return
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _outcome(plan: _Plan, index: int) -> _Outcome:
    try:
        picture = plan.source.read(index, at_least=plan.size)
        row = fitted(picture, size=plan.size, channels=plan.channels, fit=plan.fit)
    except Exception as error:  # a damaged picture makes decoders raise almost anything
        return _Outcome(row=None, reason=reason_of(error))
    return _Outcome(row=row, enlarged=is_enlarged(picture, size=plan.size, fit=plan.fit))


def _manifest(plan: _Plan, writer: StoreWriter) -> Manifest:
    numbers, classes, done = writer.numbers(), plan.source.classes, writer.progress
    counts = None
    if classes is not None and numbers is not None:
        counts = tuple(int(count) for count in np.bincount(numbers, minlength=len(classes)))
    return Manifest(
        name=plan.source.name,
        kind=plan.source.kind,
        description=plan.source.description,
        fingerprint=plan.fingerprint,
        size=plan.size,
        channels=plan.channels,
        fit=plan.fit,
        count=done.kept,
        total=len(plan.source),
        upscaled=done.upscaled,
        classes=classes,
        class_counts=counts,
        has_modes=classes is None and numbers is not None,
        skipped=tuple(done.skipped),
    )


def _check_share(name: str, skipped: list[tuple[str, str]], total: int, allowed: float) -> None:
    if len(skipped) <= allowed * total:
        return
    first = "; ".join(f"{item}: {reason}" for item, reason in skipped[:3])
    raise DataError(
        f"{len(skipped)} or more of the {total} images of `{name}` cannot be read ({len(skipped) / total:.1%}); "
        f"allow_bad_share is {allowed:g}. The first: {first}. Repair or remove them, or allow a larger share."
    )


def _too_few(name: str, count: int) -> DataError:
    found = "no usable image" if count == 0 else "only 1 image"
    return DataError(f"`{name}` holds {found}: a GAN needs at least 2 images, and learns from hundreds. Add more.")
