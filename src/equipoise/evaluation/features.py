"""The features of a set, on disk: taken once, then read in pieces by every measure."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import torch
from jaxtyping import Float64
from numpy.typing import NDArray
from torch import Tensor

from equipoise.core.types import Features, Labels
from equipoise.data import Indices, ShowProgress, cache_folder
from equipoise.data.cache import content_key, writing_to
from equipoise.data.progress import progress_bar
from equipoise.evaluation.extractor import Extracted, FeatureExtractor
from equipoise.evaluation.sets import SampleSet
from equipoise.metrics import FeatureMoments, FeatureSample, Moments

VERSION = 1
_ROWS = 2048  # read from the disk at a time


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FeatureSet:
    """Memory-mapped features of a set, in its order. Whatever its size, measures hold a few thousand rows of it."""

    features: NDArray[Any]
    probabilities: NDArray[Any] | None
    labels: Labels | None

    def __len__(self) -> int:
        return len(self.features)

    @property
    def width(self) -> int:
        """Features of a sample."""
        return int(self.features.shape[1])

    def chunks(self) -> Iterator[tuple[Indices, Features]]:
        """All rows with their numbers, some at a time."""
        for start in range(0, len(self), _ROWS):
            rows = np.array(self.features[start : start + _ROWS])
            yield torch.arange(start, start + len(rows)), torch.from_numpy(rows)

    def rows(self, numbers: Indices) -> Features:
        """Some rows."""
        return torch.from_numpy(np.array(self.features[numbers.numpy()]))

    def moments(self) -> Moments:
        """Of all rows."""
        stream = FeatureMoments()
        for _, features in self.chunks():
            stream.update(features)
        return stream.compute()

    def sample(self, most: int, *, seed: int) -> Float64[Tensor, "kept features"]:
        """All rows, or `most` of them at random."""
        stream = FeatureSample(most, seed=seed)
        for numbers, features in self.chunks():
            stream.update(features, numbers=numbers)
        return stream.compute()

    def within(self, numbers: Indices) -> "FeatureSet":
        """Some rows as a set of their own; a copy, in memory."""
        chosen = numbers.numpy()
        return FeatureSet(
            features=np.array(self.features[chosen]),
            probabilities=None if self.probabilities is None else np.array(self.probabilities[chosen]),
            labels=None if self.labels is None else self.labels[numbers],
        )


@contextmanager
def features_of(
    samples: SampleSet, extractor: FeatureExtractor, *, cache: Path | None = None, progress: ShowProgress | None = None
) -> Iterator[FeatureSet]:
    """The features of `samples`: from the cache where they were taken before, else taken now.

    Those of a set with a `key` (data) stay in the cache, under a hash of its content and of the extractor; those of
    generated samples are deleted on leaving.
    """
    root = (cache_folder() if cache is None else cache) / "features"
    key = None if samples.key is None else content_key([samples.key, extractor.name, extractor.digest, str(VERSION)])
    folder = root / (f"generated-{os.getpid()}-{uuid4().hex}" if key is None else f"{extractor.name[:40]}-{key}")
    try:
        if not folder.exists():
            with writing_to(root):
                root.mkdir(parents=True, exist_ok=True)
                _take(samples, extractor, folder, progress)
        yield _opened(folder, samples.labels)
    finally:
        if key is None:
            shutil.rmtree(folder, ignore_errors=True)


def _take(samples: SampleSet, extractor: FeatureExtractor, folder: Path, progress: ShowProgress | None) -> None:
    """Fill a folder beside `folder` and rename it: nobody ever reads half of one."""
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    part.mkdir()
    try:
        writer, done = _Writer(part, len(samples)), 0
        with progress_bar(f"looking at {samples.name}", progress) as show:
            for batch in samples.batches():
                writer.add(extractor.extract(batch))
                done += len(batch)
                show(done, len(samples))
        writer.close()
        try:
            os.replace(part, folder)
        except OSError:
            if not folder.exists():  # else another process was quicker with the same features
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


class _Writer:
    """Features and probabilities as two .npy files of known length."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder, self._count, self._at = folder, count, 0
        self._files: dict[str, NDArray[Any]] = {}

    def add(self, extracted: Extracted) -> None:
        rows = len(extracted.features)
        for name, values in (("features", extracted.features), ("probabilities", extracted.probabilities)):
            if values is not None:
                array = values.numpy()
                self._file(name, array)[self._at : self._at + rows] = array
        self._at += rows

    def close(self) -> None:
        for file in self._files.values():
            file.flush()  # type: ignore[attr-defined]  # a memory map

    def _file(self, name: str, like: NDArray[Any]) -> NDArray[Any]:
        if name not in self._files:
            shape = (self._count, like.shape[1])
            path = self._folder / f"{name}.npy"
            self._files[name] = np.lib.format.open_memmap(path, mode="w+", dtype=like.dtype, shape=shape)
        return self._files[name]


def _opened(folder: Path, labels: Labels | None) -> FeatureSet:
    probabilities = folder / "probabilities.npy"
    return FeatureSet(
        features=np.load(folder / "features.npy", mmap_mode="r", allow_pickle=False),
        probabilities=np.load(probabilities, mmap_mode="r", allow_pickle=False) if probabilities.exists() else None,
        labels=labels,
    )
