"""Walks between samples as a strip of pictures or an animation."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import torch
from PIL import Image

from equipoise.core.errors import SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Samples
from equipoise.recipes import TrainedGenerator
from equipoise.reports.target import writing
from equipoise.sampling import (
    animation,
    image_grid,
    interpolate_classes,
    interpolate_latents,
    sample_latents,
    save_png,
    scatter,
)

ANIMATIONS = (".gif", ".webp", ".apng")


def write_walk(
    generator: TrainedGenerator, out: Path, *, rows: int, steps: int, label: Sequence[str | int], seed: int
) -> str:
    """Draw `rows` walks of `steps` pictures a leg to `out`, and say where they are.

    Raises:
        SettingError: fewer than one row or two steps, an unknown label, or a file ending that is neither a strip's nor
            an animation's.
    """
    if rows < 1:
        raise SettingError(f"`rows` is {rows}; a picture needs at least 1.")
    if out.suffix not in (".png", *ANIMATIONS):
        raise SettingError(f"`out` is {str(out)!r}; end it in .png for a strip, or in {', '.join(ANIMATIONS)}.")
    legs = (
        _class_legs(generator, rows, steps, label, seed)
        if len(label) > 1
        else _latent_legs(generator, rows, steps, label, seed)
    )
    walks = [leg.unflatten(0, (rows, steps)) for leg in legs]
    frames = torch.cat([walks[0], *(walk[:, 1:] for walk in walks[1:])], dim=1)  # legs share the picture they meet in
    with writing(out):
        if out.suffix in ANIMATIONS:
            pictures = [_picture(frames[:, index], columns=1 if rows < 4 else 4) for index in range(frames.shape[1])]
            animation([*pictures, *pictures[-2:0:-1]], out)
        else:
            save_png(_picture(frames.flatten(0, 1), columns=frames.shape[1]), out)
    return f"{rows} walks of {frames.shape[1]} pictures: {out}"


def _latent_legs(
    generator: TrainedGenerator, rows: int, steps: int, label: Sequence[str | int], seed: int
) -> list[Samples]:
    """One leg between two draws of latents, at a fixed class a row."""
    rng = seeded_generator(seed)
    start, end = (sample_latents(rows, generator.latent_dim, rng) for _ in range(2))
    labels = generator.labels_for(rows, label[0] if label else None)
    return [interpolate_latents(generator.module, start, end, steps=steps, labels=labels)]


def _class_legs(
    generator: TrainedGenerator, rows: int, steps: int, label: Sequence[str | int], seed: int
) -> list[Samples]:
    """A leg from each class to the next, at fixed latents."""
    generator.labels_for(1, label[0])  # an unconditional generator says so here
    numbers = [generator.class_number(one) for one in label]
    latents = sample_latents(rows, generator.latent_dim, seeded_generator(seed))
    return [
        interpolate_classes(
            generator.module, latents, start=start, end=end, classes=len(generator.classes), steps=steps
        )
        for start, end in pairwise(numbers)
    ]


def _picture(samples: Samples, *, columns: int) -> Image.Image:
    return scatter(samples) if samples.ndim == 2 else image_grid(samples, columns=columns)
