"""The real samples of the games: points in the plane, and pictures of 16 x 16 pixels."""

import contextlib
import math
import tarfile
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.doctor.game import SIDE, Game
from equipoise.core.randomness import seeded_generator
from equipoise.data import prepare
from equipoise.data.cache import cache_folder

DATA = Path(__file__).parents[3] / "shared" / "data"
"""Where the files of the pictures lie beside the repository; `--data` names another place."""
PICTURES = {
    "fashion": "fashion-mnist",
    "mnist": "mnist",
    "cifar": "cifar10/cifar10-first4000.npz",
    "grocery": "images/grocery-128px.tar.xz",  # unpacked into the cache folder
}
"""In that folder."""

HELD_OUT = 192
MOST_SET_ASIDE, SHARE_SET_ASIDE = 4096, 0.25
POINTS = 20_000
CENTRES = {
    "ring-8": 2.0 * torch.tensor([[math.cos(a), math.sin(a)] for a in (2 * math.pi * k / 8 for k in range(8))]),
    "grid-25": torch.cartesian_prod(torch.arange(-2.0, 3.0), torch.arange(-2.0, 3.0)),
    "uneven-12": 2.0 * torch.tensor([[math.cos(a), math.sin(a)] for a in (2 * math.pi * k / 12 for k in range(12))]),
    "cross-13": 0.9
    * torch.tensor(
        [
            [0.0, 0.0],
            *([s * k, 0.0] for s in (-1, 1) for k in (1, 2, 3)),
            *([0.0, s * k] for s in (-1, 1) for k in (1, 2, 3)),
        ]
    ),
    "hexagon": torch.tensor(
        [[q + r / 2, r * math.sqrt(0.75)] for q in range(-2, 3) for r in range(-2, 3) if abs(q + r) <= 2]
    ),
    "scattered-9": torch.tensor(
        [
            [-2.1, 0.4],
            [-1.3, 1.9],
            [-0.9, -1.6],
            [-0.2, 0.3],
            [0.5, 2.2],
            [0.8, -0.9],
            [1.4, 0.9],
            [1.9, -2.0],
            [2.3, 1.8],
        ]
    ),
    "spiral": torch.tensor([[r * math.cos(4 * r), r * math.sin(4 * r)] for r in (0.5 + 0.1 * k for k in range(16))]),
}
DEVIATION = {
    "ring-8": 0.1, "grid-25": 0.12, "uneven-12": 0.08, "spiral": 0.06, "cross-13": 0.1, "hexagon": 0.1,
    "scattered-9": 0.15,
}  # fmt: skip
WEIGHTS = {
    "uneven-12": torch.tensor([3.0, 2.0, 1.0] * 4) / 24,
    "scattered-9": torch.tensor([1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0]) / 12,
}
"""Shares of the modes where they are not equal."""


@dataclass(frozen=True, slots=True, eq=False)
class Reals:
    """Samples with their classes (of points: their modes)."""

    samples: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def classes(self) -> int:
        """How many there are."""
        return int(self.labels.max()) + 1

    def part(self, rows: slice | Tensor) -> "Reals":
        """Some of them."""
        return replace(self, samples=self.samples[rows], labels=self.labels[rows])


def training_reals(game: Game, seed: int, folder: Path) -> Reals:
    """What the loop trains on, before scaling."""
    reals = _pictures(game.data, folder)[1] if game.images else _points(game.data, seed + 1)
    if game.data_size:
        rows = torch.randperm(len(reals), generator=seeded_generator(seed))[: game.data_size]
        return reals.part(rows)
    return reals


def held_out_reals(game: Game, folder: Path) -> Reals:
    """4,096 samples (of CIFAR-10 1,000) that training never shows; the same for all runs."""
    return _pictures(game.data, folder)[0] if game.images else _points(game.data, 0).part(slice(0, MOST_SET_ASIDE))


def shares(data: str) -> Tensor:
    """Of the modes of points."""
    modes = len(CENTRES[data])
    return WEIGHTS.get(data, torch.full((modes,), 1.0 / modes))


def as_fed(game: Game, samples: Tensor, progress: float, rng: torch.Generator) -> Tensor:
    """Reals as they reach the discriminator; `progress` is how much of a drift has happened."""
    if game.drift:
        samples = _drifted(game, samples, progress)
    if game.real_noise:
        samples = samples + game.real_noise * torch.randn(samples.shape, generator=rng)
    return samples if (game.scale, game.shift) == (1.0, 0.0) else game.scale * samples + game.shift


def in_own_unit(game: Game, samples: Tensor) -> Tensor:
    """Generated samples back in the unit of the reals before scaling."""
    return (samples - game.shift) / game.scale


def _drifted(game: Game, samples: Tensor, progress: float) -> Tensor:
    share = game.drift * progress
    if game.images:
        return (1 - share) * samples + share * samples.flip(-1).flip(-2)
    angle = share * math.pi / 2
    turn = torch.tensor([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return samples @ turn


@cache
def _points(data: str, seed: int) -> Reals:
    rng = seeded_generator(seed)
    centres = CENTRES[data]
    if data in WEIGHTS:
        modes = torch.multinomial(WEIGHTS[data], POINTS, replacement=True, generator=rng)
    else:
        modes = torch.randint(len(centres), (POINTS,), generator=rng)
    return Reals(centres[modes] + DEVIATION[data] * torch.randn(POINTS, 2, generator=rng), modes)


@cache
def _pictures(data: str, folder: Path) -> tuple[Reals, Reals]:
    """Those set aside, and those to train on."""
    store = prepare(_unpacked(folder / PICTURES[data]), size=SIDE, progress=lambda done, total: None)
    rows = torch.randperm(len(store), generator=seeded_generator(0))[:24_000]
    samples, labels = store.batch(rows)
    assert labels is not None
    reals, aside = Reals(samples, labels), min(MOST_SET_ASIDE, round(SHARE_SET_ASIDE * len(rows)))
    return reals.part(slice(0, aside)), reals.part(slice(aside, None))


def _unpacked(path: Path) -> Path:
    """The folder that an archive holds; several processes may unpack it at once."""
    if path.suffix != ".xz":
        return path
    place = cache_folder() / "doctor-zoo" / path.name.partition(".")[0]
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder, tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
            with contextlib.suppress(FileExistsError):
                Path(folder, place.name).rename(place)
    return place
