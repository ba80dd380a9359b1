"""The confusion matrix as a picture: a row for each fault, a column for each cause that was given first."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELL, TEXT, MARGIN = 22, 13, 8
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_WHITE, _BLACK, _GRID = (255, 255, 255), (30, 30, 30), (225, 225, 225)
_COLOURS = {"(right)": (46, 125, 50), "(no alarm)": (90, 90, 90)}
_WRONG = (198, 40, 40)


def draw_confusion(confusion: Mapping[str, Counter[str]], path: Path) -> None:
    """Green is the right cause, grey silence, red a wrong one; the number is that of harmed runs."""
    columns = _columns(confusion)
    font = ImageFont.load_default(TEXT)
    left = MARGIN + max(int(font.getlength(fault)) for fault in confusion) + MARGIN
    top = MARGIN + max(int(font.getlength(name)) for name in columns) + MARGIN
    size = (left + CELL * len(columns) + MARGIN, top + CELL * len(confusion) + MARGIN)
    image = Image.new("RGB", size, _WHITE)
    draw = ImageDraw.Draw(image)
    for number, name in enumerate(columns):
        _upright(image, name, font, (left + CELL * number, top - MARGIN // 2))
    for row, (fault, counts) in enumerate(confusion.items()):
        y = top + CELL * row
        draw.text((left - MARGIN, y + CELL // 2), fault, fill=_BLACK, font=font, anchor="rm")
        for column, name in enumerate(columns):
            _cell(draw, (left + CELL * column, y), counts[name], sum(counts.values()), name, font)
    image.save(path)


def _columns(confusion: Mapping[str, Counter[str]]) -> list[str]:
    """Right, silent, then the wrong ones, the most frequent first."""
    total: Counter[str] = sum(confusion.values(), Counter())
    wrong = [name for name, _ in total.most_common() if name not in _COLOURS]
    return [*_COLOURS, *wrong]


def _cell(draw: ImageDraw.ImageDraw, corner: tuple[int, int], count: int, total: int, name: str, font: Font) -> None:
    x, y = corner
    full = _COLOURS.get(name, _WRONG)
    share = count / total
    colour = tuple(round(white + share * (to - white)) for white, to in zip(_WHITE, full, strict=True))
    draw.rectangle((x, y, x + CELL, y + CELL), fill=colour, outline=_GRID)
    if count:
        ink = _WHITE if share > 0.5 else _BLACK
        draw.text((x + CELL // 2, y + CELL // 2), str(count), fill=ink, font=font, anchor="mm")


def _upright(image: Image.Image, text: str, font: Font, foot: tuple[int, int]) -> None:
    strip = Image.new("RGB", (int(font.getlength(text)) + 2, CELL), _WHITE)
    ImageDraw.Draw(strip).text((0, CELL // 2), text, fill=_BLACK, font=font, anchor="lm")
    turned = strip.rotate(90, expand=True)
    image.paste(turned, (foot[0], foot[1] - turned.height))
