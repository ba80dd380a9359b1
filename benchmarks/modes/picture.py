"""Samples of several settings side by side, over the real points."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from equipoise.sampling.scatter import scatter

SIDE, TEXT, MARGIN = 320, 15, 6


def draw_samples(samples: Mapping[str, Tensor], reals: Tensor, path: Path) -> None:
    """A square for each name: `samples[name]`, `(count, 2)`, in colour over `reals` in grey."""
    font = ImageFont.load_default(TEXT)
    sheet = Image.new("RGB", ((SIDE + MARGIN) * len(samples) + MARGIN, SIDE + TEXT + 3 * MARGIN), (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    for place, (name, points) in enumerate(samples.items()):
        left = MARGIN + place * (SIDE + MARGIN)
        draw.text((left, MARGIN), name, fill=(30, 30, 30), font=font)
        sheet.paste(scatter(points, reals, SIDE), (left, TEXT + 2 * MARGIN))
    sheet.save(path)
