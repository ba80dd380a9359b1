"""The matrices of Winograd's short correlations, made from points by Toom and Cook's interpolation, in exact fractions.

`m` neighbouring outputs of a correlation with `r` taps need `n = m + r - 1` products in place of `m r` (Winograd,
Arithmetic Complexity of Computations, 1980; for networks Lavin and Gray, arXiv 1509.09308):
`y = A' ((G g) * (B' x))` with `x` of `n` entries. Read in the other directions the same three matrices give both of
the correlation's adjoints, `x = B ((G g) * (A y))` and `g = G' ((A y) * (B' x))`.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import prod

Matrix = list[list[Fraction]]

POINTS: dict[tuple[int, int], tuple[Fraction, ...]] = {
    (2, 2): (Fraction(0), Fraction(1)),
    (4, 2): (Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2)),
    (2, 3): (Fraction(0), Fraction(1), Fraction(-1)),
    (4, 3): (Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-2)),
}
"""By outputs and taps; infinity is the last point of each. Of those tried (with 2 for 1/2, or 1/2 for -2) the ones that
round least: arXiv 1803.10986 on why reciprocals beside each other do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortCorrelation:
    """`outputs` is A, `(n, m)`; `taps` G, `(n, r)`; `inputs` B', `(n, n)`."""

    outputs: Matrix
    taps: Matrix
    inputs: Matrix


def short_correlation(m: int, r: int) -> ShortCorrelation:
    """The matrices for `m` outputs of `r` taps, at the points that are kept for them."""
    points = POINTS[m, r]
    scales = [abs(prod((p - q for q in points if q != p), start=Fraction(1))) for p in points] + [Fraction(1)]
    return ShortCorrelation(
        outputs=_powers(points, m),
        taps=[[value / scale for value in row] for row, scale in zip(_powers(points, r), scales, strict=True)],
        inputs=[
            [value * scale for value in column]
            for column, scale in zip(zip(*_inverse(_powers(points, m + r - 1)), strict=True), scales, strict=True)
        ],
    )


def _powers(points: tuple[Fraction, ...], count: int) -> Matrix:
    """A polynomial of `count` coefficients at each point, and at infinity, where the highest alone is left."""
    return [[p**power for power in range(count)] for p in points] + [
        [Fraction(int(power == count - 1)) for power in range(count)]
    ]


def _inverse(matrix: Matrix) -> Matrix:
    size = len(matrix)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column] != 0)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for i in range(size):
            if i != column:
                rows[i] = [a - rows[i][column] * b for a, b in zip(rows[i], rows[column], strict=True)]
    return [row[size:] for row in rows]


def as_header() -> str:
    """All of them as the C++ header `toom_cook.h` that `winograd.cpp` includes."""
    lines = ["template <int M, int R> struct ToomCook;"]
    for m, r in POINTS:
        correlation, n = short_correlation(m, r), m + r - 1
        lines += [
            f"template <> struct ToomCook<{m}, {r}> {{",
            f"  static constexpr float outputs[{n}][{m}] = {_braced(correlation.outputs)};",
            f"  static constexpr float taps[{n}][{r}] = {_braced(correlation.taps)};",
            f"  static constexpr float inputs[{n}][{n}] = {_braced(correlation.inputs)};",
            "};",
        ]
    return "\n".join(lines) + "\n"


def _braced(matrix: Matrix) -> str:
    return "{" + ", ".join("{" + ", ".join(f"{float(value)!r}f" for value in row) + "}" for row in matrix) + "}"
