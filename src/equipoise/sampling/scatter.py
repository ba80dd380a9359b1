"""Points of the plane as a picture."""

import torch
from jaxtyping import Float
from PIL import Image, ImageDraw
from torch import Tensor

from equipoise.core.errors import SettingError

Points = Float[Tensor, "points 2"]
Box = tuple[float, float, float]
"""Centre and half side of the square that is shown: x, y, half."""

REFERENCE_COLOUR = (200, 200, 200)
SAMPLE_COLOUR = (214, 60, 30)
_FINER = 3
_MARGIN = 1.15
_RADIUS = 1 / 200  # of the picture's side, but at least one pixel


def scatter(points: Points, reference: Float[Tensor, "references 2"] | None = None, size: int = 480) -> Image.Image:
    """Samples in a strong colour over `reference`, the real points, in pale grey; `size` pixels a side, y upwards.

    The view fits `reference` if there is one, so that the frames of an animation agree, and the samples otherwise.
    Samples out of view, or not finite, are not drawn. Drawn three times finer and reduced, hence smooth.
    """
    if size < 16:
        raise SettingError(f"`size` is {size}, but must be at least 16 pixels.")
    box = _view(points if reference is None else reference)
    picture = Image.new("RGB", (size * _FINER, size * _FINER), "white")
    if reference is not None:
        _draw(picture, reference, box, REFERENCE_COLOUR)
    _draw(picture, points, box, SAMPLE_COLOUR)
    return picture.resize((size, size), Image.Resampling.BOX)


def _finite(points: Points) -> Float[Tensor, "finite 2"]:
    exact = points.detach().double().cpu()
    return exact[exact.isfinite().all(dim=1)]


def _view(points: Points) -> Box:
    shown = _finite(points)
    if len(shown) == 0:
        return 0.0, 0.0, 1.0
    low, high = shown.amin(dim=0), shown.amax(dim=0)
    half = float((high - low).max()) / 2 * _MARGIN
    x, y = ((low + high) / 2).tolist()
    return x, y, half if half > 0.0 else 1.0


def _draw(picture: Image.Image, points: Points, box: Box, colour: tuple[int, int, int]) -> None:
    x, y, half = box
    side = picture.width
    radius = max(side * _RADIUS, _FINER)
    across = (_finite(points) - torch.tensor([x, y])) / half  # the view is [-1, 1] in both directions
    across = across[(across.abs() <= 1.0).all(dim=1)]
    pen = ImageDraw.Draw(picture)
    for right, up in across.tolist():
        centre_x, centre_y = (1 + right) / 2 * side, (1 - up) / 2 * side
        pen.ellipse((centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius), fill=colour)
