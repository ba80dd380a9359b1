"""Samples of a trained generator as pictures."""

from collections.abc import Sequence
from math import isqrt
from pathlib import Path

from equipoise.core.types import Labels
from equipoise.recipes import TrainedGenerator
from equipoise.reports.target import writing
from equipoise.sampling import image_grid, save_png, scatter


def write_samples(
    generator: TrainedGenerator, out: Path, *, n: int, label: Sequence[str | int] | None, seed: int
) -> str:
    """Draw `n` samples to `out`, and say where they are.

    A path with a file ending becomes one grid (a scatter plot for points); any other path a folder of single files,
    named by number and class.
    """
    samples = generator.sample(n, label=label, seed=seed)
    labels = generator.labels_for(n, label)
    with writing(out):
        if samples.ndim == 2:
            save_png(scatter(samples), out)
            return f"{n} points: {out}"
        if out.suffix:
            columns, names = _grid_shape(n, generator, labels)
            save_png(image_grid(samples, columns=columns, row_names=names), out)
            return f"{n} samples: {out}"
        out.mkdir(exist_ok=True)
        for index in range(n):
            name = f"{index:05d}" if labels is None else f"{index:05d}-{_plain(generator.classes[int(labels[index])])}"
            save_png(image_grid(samples[index : index + 1], columns=1, scale=1), out / f"{name}.png")
        return f"{n} samples: {out}/"


def _grid_shape(n: int, generator: TrainedGenerator, labels: Labels | None) -> tuple[int, tuple[str, ...] | None]:
    """One row a class where the classes have equal shares of at most 16; otherwise nearly a square."""
    if labels is not None:
        values, counts = labels.unique_consecutive(return_counts=True)
        if len(set(counts.tolist())) == 1 and int(counts[0]) <= 16:
            return int(counts[0]), tuple(generator.classes[value] for value in values.tolist())
    return max(1, isqrt(n - 1) + 1), None


def _plain(name: str) -> str:
    """A class name that is safe in a file name."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)
