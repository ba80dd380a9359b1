"""Which failures a text sounds like, whatever it states: learned from some 4,200 texts, most of them made up.

A text is its word stems and the pairs that follow each other, each weighed by how rare it is; a linear model tells
from them how much it sounds like what is told of each failure, or like the worries of people whose runs are sound.
`python -m benchmarks.doctor.threads.learn` makes the model and says how often it is right. What comes out is a guess
from wording alone: weaker than any fact, and told as one.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from equipoise.core.records import FactValue

HEALTHY = "healthy"
"""What the model calls those who worry without need."""
TOLD = 3
"""Failures that are told."""
LETTERS, PAIR_WEIGHT = 4, 0.7
"""Of a word, what counts; and how much its pairs with the next weigh beside the words."""
_LONGEST = 20_000
MODEL = Path(__file__).with_name("note_resemblance.safetensors")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")

Array = NDArray[np.float32]

_OBJECTIVES = {
    "minimax": "zzma", "non_saturating": "zzns", "least_squares": "zzls", "hinge": "zzhi", "wasserstein": "zzwa",
    "relativistic": "zzre",
}  # fmt: skip
"""Words of their own, since `hinge` in a text may be what somebody only speaks of."""


def stems(text: str) -> list[str]:
    """The words of a text, cut short, so that `clipped` is `clipping`."""
    return [word[:LETTERS] for word in _WORD.findall(text[:_LONGEST].lower())]


def pairs(text: str) -> list[str]:
    """The stems that follow each other, two by two."""
    words = stems(text)
    return [f"{first} {second}" for first, second in pairwise(words)]


def with_objective(text: str, objective: str | None) -> str:
    """The text and, as a first word, the objective that is known from elsewhere."""
    return text if objective is None else f"{_OBJECTIVES[objective]} {text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Resemblance:
    """The model: one row of `weights` a stem or pair, one column a failure; `rarity` is what each weighs in a text."""

    names: tuple[str, ...]
    places: Mapping[str, int]
    rarity: Array
    weights: Array
    offsets: Array

    def ranked(self, text: str) -> list[tuple[str, float]]:
        """Every name, the likeliest first, with how much the text sounds like it: about 0 for a stranger's, up to 1."""
        scores = self.offsets + self._sum(stems(text)) + PAIR_WEIGHT * self._sum(pairs(text))
        return sorted(zip(self.names, scores.tolist(), strict=True), key=lambda pair: -pair[1])

    def _sum(self, found: list[str]) -> Array:
        """The weights of what was found, in shares of a vector of length one."""
        counts = Counter(term for term in found if term in self.places)
        if not counts:
            return np.zeros(len(self.names), dtype=np.float32)
        rows = [self.places[term] for term in counts]
        told = np.array([1 + math.log(count) for count in counts.values()], dtype=np.float32) * self.rarity[rows]
        return (told / np.linalg.norm(told)) @ self.weights[rows]


@cache
def learned() -> Resemblance:
    """The model that comes with the package."""
    from safetensors import safe_open

    with safe_open(MODEL, framework="numpy") as file:
        told = file.metadata()
        return Resemblance(
            names=tuple(told["names"].split("\n")),
            places={term: place for place, term in enumerate(told["terms"].split("\n"))},
            rarity=file.get_tensor("rarity"),
            weights=file.get_tensor("weights") * file.get_tensor("scale"),
            offsets=file.get_tensor("offsets"),
        )


def sounds_like(text: str, objective: str | None = None) -> dict[str, FactValue]:
    """The facts `spoken_of`, `resemblance` and `calm`; none of a text without words."""
    if not stems(text):
        return {}
    ranking = learned().ranked(with_objective(text, objective))
    failures = [(name, score) for name, score in ranking if name != HEALTHY]
    (_, best), calm = failures[0], dict(ranking)[HEALTHY]
    return {
        "spoken_of": ", ".join(name for name, _ in failures[:TOLD]),
        "resemblance": round(max(0.0, min(1.0, best)), 2),
        "calm": round(calm - best, 2),
    }
