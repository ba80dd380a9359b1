"""Curves with bands of uncertainty as a picture, drawn with Pillow alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

from PIL import Image, ImageDraw, ImageFont

from equipoise.core.errors import SettingError

COLOURS = ((31, 119, 180), (214, 60, 30), (44, 140, 60), (148, 103, 189), (140, 86, 75), (227, 119, 194))
_AXIS = (90, 90, 90)
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 18, 40, 40
_PALE = 0.8
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_TICKS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """`values[i]` at `positions[i]`, with the band between `low` and `high` where they are given."""

    name: str
    positions: Sequence[float]
    values: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    """From values to pixels."""

    box: tuple[float, float, float, float]
    size: tuple[int, int]

    def at(self, x: float, y: float) -> tuple[float, float]:
        left, low, right, high = self.box
        width, height = self.size[0] - _LEFT - _RIGHT, self.size[1] - _TOP - _BOTTOM
        return _LEFT + (x - left) / (right - left) * width, self.size[1] - _BOTTOM - (y - low) / (high - low) * height


def curves_picture(
    curves: Sequence[Curve], *, title: str, across: str = "images", size: tuple[int, int] = (640, 400)
) -> Image.Image:
    """All curves in one frame from 0 (or the lowest value, if below), with their names on the right of the title.

    Raises:
        SettingError: no curve, or a value that is not finite.
    """
    numbers = [number for curve in curves for part in (curve.values, curve.low, curve.high) for number in part or ()]
    if not numbers or not all(isfinite(number) for number in numbers):
        raise SettingError("A picture of curves needs at least one value, and only finite ones.")
    frame = _frame(curves, numbers, size)
    picture = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=12)
    _draw_axes(pen, font, frame, across)
    for number, curve in enumerate(curves):
        _draw_curve(pen, frame, curve, COLOURS[number % len(COLOURS)])
    pen.text((_LEFT, 4), title, fill="black", font=font)
    _draw_names(pen, font, curves)
    return picture


def _frame(curves: Sequence[Curve], numbers: Sequence[float], size: tuple[int, int]) -> _Frame:
    positions = [position for curve in curves for position in curve.positions]
    low, high = min(0.0, *numbers), max(numbers)
    high = high + 0.05 * (high - low) if high > low else low + 1.0
    left, right = min(positions), max(positions)
    return _Frame((left, low, right if right > left else left + 1.0, high), size)


def _draw_axes(pen: ImageDraw.ImageDraw, font: _Font, frame: _Frame, across: str) -> None:
    left, low, right, high = frame.box
    for value in _round_steps(low, high):
        x, y = frame.at(left, value)
        pen.line((x, y, frame.at(right, value)[0], y), fill=(225, 225, 225))
        pen.text((x - 6, y), _short(value), fill=_AXIS, font=font, anchor="rm")
    for position in _round_steps(left, right):
        x, y = frame.at(position, low)
        pen.line((x, y, x, y + 4), fill=_AXIS)
        pen.text((x, y + 6), _short(position), fill=_AXIS, font=font, anchor="ma")
    (start, bottom), (end, _) = frame.at(left, low), frame.at(right, low)
    pen.line((start, bottom, end, bottom), fill=_AXIS)
    pen.text((end, bottom + 22), across, fill=_AXIS, font=font, anchor="ra")


def _draw_curve(pen: ImageDraw.ImageDraw, frame: _Frame, curve: Curve, colour: tuple[int, int, int]) -> None:
    points = [frame.at(x, y) for x, y in zip(curve.positions, curve.values, strict=True)]
    if curve.low is not None and curve.high is not None:
        upper = [frame.at(x, y) for x, y in zip(curve.positions, curve.high, strict=True)]
        lower = [frame.at(x, y) for x, y in zip(curve.positions, curve.low, strict=True)]
        pale = tuple(round(255 * _PALE + part * (1 - _PALE)) for part in colour)
        if len(points) > 1:
            pen.polygon([*upper, *reversed(lower)], fill=pale)
        for (x, top), (_, bottom) in zip(upper, lower, strict=True):
            pen.line((x, top, x, bottom), fill=colour)
    if len(points) > 1:
        pen.line(points, fill=colour, width=2)
    for x, y in points:
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=colour)


def _draw_names(pen: ImageDraw.ImageDraw, font: _Font, curves: Sequence[Curve]) -> None:
    x = float(_LEFT)
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        pen.rectangle((x, 24, x + 8, 32), fill=colour)
        pen.text((x + 12, 21), curve.name, fill=colour, font=font)
        x += 28 + font.getlength(curve.name)


def _round_steps(low: float, high: float) -> list[float]:
    """About five round numbers within."""
    rough = (high - low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = floor(low / step)
    steps = [number * step for number in range(first, first + 4 * _TICKS)]
    return [value for value in steps if low - 1e-9 * step <= value <= high + 1e-9 * step]


def _short(value: float) -> str:
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:.3g}"
