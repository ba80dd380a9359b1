"""Tables: delimited files, and columns of numbers under a line of names in the midst of text."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from equipoise.intake.names import axis_of, meaning_of
from equipoise.intake.pairs import number

_DELIMITERS = (",", "\t", ";", "|")
_LOOK_AT = 20
_MOST_FIELDS = 2000
_NUMERIC_LINE = re.compile(
    r"[\s|;,]*(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?%?|[-+]?(?:nan|inf(?:inity)?)|--?)"
    r"(?:[\s|;,]+(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?%?|[-+]?(?:nan|inf(?:inity)?)|--?))+[\s|;,]*",
    re.IGNORECASE,
)
_MOST_WORDS = 14
_ABSENT = ("none", "null", "na", "n/a", "")


def delimiter_of(text: str) -> str | None:
    """The delimiter of a table, told by its beginning; None if that is no delimited table."""
    lines = [line for line in text.splitlines()[:-1] or text.splitlines() if line.strip() and line[:1] != "#"]
    for delimiter in _DELIMITERS:
        rows = [line.split(delimiter) for line in lines[:_LOOK_AT]]
        widths = {len(row) for row in rows}
        same_width = len(widths) == 1 and len(rows) > 1 and 1 < widths.pop() < _MOST_FIELDS
        if same_width and _is_numeric(rows[1:]) and not _names_on_each_row(rows):
            return delimiter
    return None


def table_rows(lines: Iterable[str], delimiter: str) -> Iterator[dict[str, float]]:
    """The rows of a delimited table. Cells that are no numbers, empty ones among them, are left out.

    Without a line of names the columns are called column 1, column 2, ...
    """
    names: list[str] | None = None
    plain = (line for line in lines if line.strip() and line[0] != "#" and "\0" not in line)
    for cells in csv.reader(plain, delimiter=delimiter):
        headed = _is_header(cells)
        if names is None or headed:
            names = [cell.strip().strip("\"'") for cell in cells] if headed else _numbered(len(cells))
        if headed:
            continue
        row = {}
        for name, cell in zip(names, cells, strict=False):
            if cell and name and (value := number(cell.strip().rstrip("%"))) is not None:
                row[name] = value
        if row:
            yield row


class LooseTable:
    """Columns of numbers in free text. The last line of names above them that fits gives the names."""

    def __init__(self) -> None:
        self._candidate = ""
        self._names: list[str] | None = None
        self.headed = False

    def read(self, line: str) -> dict[str, float] | None:
        """The row on this line, None if it is none; lines that may be names are remembered."""
        if not _NUMERIC_LINE.fullmatch(line):
            if line.strip(" -=+|:\t") and any(letter.isalpha() for letter in line):
                self._candidate, self._names = line.strip(), None
            return None
        cells = re.split(r"[\s|;,]+", line.strip(" \t|;,"))
        if self._names is None or len(self._names) != len(cells):
            self._names = _names_in(self._candidate, len(cells))
            if self._names is None:
                return None
        values = [number(cell.rstrip("%")) for cell in cells]
        return {name: value for name, value in zip(self._names, values, strict=True) if value is not None}


def _is_numeric(rows: list[list[str]]) -> bool:
    """Most cells are numbers or empty, and no row is all words."""
    cells = [cell.strip().strip('"').rstrip("%") for row in rows for cell in row]
    numbers = sum(number(cell) is not None for cell in cells)
    words = sum(number(cell) is None and bool(cell) for cell in cells)
    return numbers >= len(rows) and words <= 0.5 * len(cells) and not any(":" in cell and " " in cell for cell in cells)


def _names_on_each_row(rows: list[list[str]]) -> bool:
    """`iter <tab> 99 <tab> disc cost <tab> -3.1`: names between the numbers, so no table."""
    return any(_known(column[0]) > 0 and set(column) == {column[0]} for column in zip(*rows, strict=True))


def _is_header(cells: list[str]) -> bool:
    """Nothing in it is a number, and something is a name."""
    if any(number(cell) is not None for cell in cells):
        return False
    return any(cell.strip().lower() not in _ABSENT and any(map(str.isalpha, cell)) for cell in cells)


def _numbered(count: int) -> list[str]:
    return [f"column {index}" for index in range(1, count + 1)]


def _names_in(line: str, count: int) -> list[str] | None:
    """`line` as `count` names: by what separates them, else by which grouping of its words makes sense."""
    for pattern in (r"\s*\|\s*", r"\t+", r"\s{2,}", r"\s*[,;]\s*", r"\s+"):
        names = [name.strip() for name in re.split(pattern, line.strip("|; ")) if name.strip()]
        if len(names) == count and any(_known(name) for name in names):
            return names
    words = line.split()
    if not count <= len(words) <= _MOST_WORDS:
        return None
    groupings = (
        [" ".join(words[start:end]) for start, end in zip((0, *cuts), (*cuts, len(words)), strict=True)]
        for cuts in combinations(range(1, len(words)), count - 1)
    )
    best = max(groupings, key=lambda names: sum(map(_known, names)))
    return best if sum(map(_known, best)) > count / 2 else None


def _known(name: str) -> float:
    """How sure the name is one: a letter alone is hardly."""
    if axis_of(name) is not None:
        return 1.0
    meaning = meaning_of(name)
    return 0.0 if meaning is None else 0.4 if meaning in ("d_bare", "g_bare") else 1.0
