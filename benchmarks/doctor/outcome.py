"""How good the samples of a run are, and the rule by which a run counts as harmed. Fixed before any run was made.

Quality. Points: sliced Wasserstein distance of 2,048 samples to as many held-out reals, over the reals' spread, and the
share of modes that get at least a quarter of their share of samples nearer than four standard deviations.
Pictures: Fréchet distance on the 64 features of a small classifier of the real classes. Conditional games: the share of
samples in the class that was asked for (nearest mode, or the classifier). What a run ends with is the median over the
last quarter of its 16 looks, as a game in balance still circles around its best point.

Harm. A run is harmed if its final distance is above 1.5 times the worst of the healthy runs of its family, or if it
lost modes (below 60 %, points) or classes (accuracy below 0.7 in the plane; below 0.7 times the worst healthy run's on
pictures, where even a healthy short run does not reach 0.7). Factor and shares are those of the experiments that the
doctor was designed on; a half more distance than the worst of many varied healthy runs is no chance. Samples that are
not finite are harmed. `left` is the first of the looks at quality after which the run never was inside the band again.

A run with nothing injected whose modes or classes fall below those bounds is no healthy run, and is listed apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.doctor.game import CHANNELS, Game
from benchmarks.doctor.loop import Loop
from benchmarks.doctor.networks import Generator
from benchmarks.doctor.samples import CENTRES, DEVIATION, held_out_reals, in_own_unit, shares, training_reals
from equipoise.core.randomness import seeded_generator
from equipoise.metrics import Moments, frechet_distance, nearest_mode, sliced_wasserstein

FACTOR = 1.5
LEAST_MODES = 0.6
LEAST_ACCURACY = 0.7
COUNT = 2048
LOOKS = 16
LAST = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """One look at the samples. `modes` and `accuracy` are None where there are none."""

    at: int
    distance: float
    modes: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Where the healthy runs of a family end."""

    distance: float
    accuracy: float

    @classmethod
    def of(cls, healthy: Sequence[Quality], *, images: bool) -> "Band":
        """From the final looks of all healthy runs."""
        worst = min((q.accuracy for q in healthy if q.accuracy is not None), default=1.0)
        return cls(
            distance=max(q.distance for q in healthy),
            accuracy=LEAST_ACCURACY * worst if images else LEAST_ACCURACY,
        )

    def harmed(self, quality: Quality) -> bool:
        """Whether such samples are worse than any healthy run's, by the rule above."""
        return (
            not math.isfinite(quality.distance)
            or quality.distance > FACTOR * self.distance
            or (quality.modes is not None and quality.modes < LEAST_MODES)
            or (quality.accuracy is not None and quality.accuracy < self.accuracy)
        )

    def left(self, course: Sequence[Quality]) -> int:
        """The first look after which the run never was inside the band again; the last one if it ends inside."""
        outside = [self.harmed(quality) for quality in course]
        last_inside = max((place for place, out in enumerate(outside) if not out), default=-1)
        return course[min(last_inside + 1, len(course) - 1)].at


def ending(course: Sequence[Quality]) -> Quality:
    """What a run ends with."""
    last = course[-LAST:]
    return Quality(
        at=last[-1].at,
        distance=median(quality.distance for quality in last),
        modes=_median([quality.modes for quality in last]),
        accuracy=_median([quality.accuracy for quality in last]),
    )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


class Examiner:
    """Measures the generator of one run, on latents of its own, without touching the loop's networks."""

    def __init__(self, game: Game, classes: int, folder: Path) -> None:
        rng = seeded_generator(99)
        self._data, self._reals = (game.data, folder), held_out_reals(game, folder)
        self._latents = torch.randn(COUNT, game.latent_dim, generator=rng)
        self._labels = torch.randint(classes, (COUNT,), generator=rng) if game.conditional else None
        self._twin = Generator(game, classes)

    @torch.no_grad()
    def __call__(self, at: int, loop: Loop) -> Quality:
        """One look, in evaluation mode, as one looks at samples."""
        self._twin.load_state_dict(loop.generator.state_dict())
        self._twin.hears_label, labels = loop.generator.hears_label, self._labels
        fake = in_own_unit(loop.game, self._twin.eval()(self._latents, labels))
        if not fake.isfinite().all():
            return Quality(at=at, distance=math.inf)
        if loop.game.images:
            return self._pictures(at, fake, labels)
        return self._points(at, loop.game, fake, labels)

    def _points(self, at: int, game: Game, fake: Tensor, labels: Tensor | None) -> Quality:
        real, centres = self._reals.samples[: len(fake)], CENTRES[game.data]
        spread = math.sqrt(float(real.var(dim=0).sum()))
        found = nearest_mode(fake.clamp(-1e6, 1e6), centres, reach=4 * DEVIATION[game.data])
        reached = torch.bincount(found[found >= 0], minlength=len(centres)) / len(fake)
        return Quality(
            at=at,
            distance=sliced_wasserstein(fake, real, projections=64) / spread,
            modes=float((reached > 0.25 * shares(game.data)).float().mean()),
            accuracy=None if labels is None else float((found == labels).float().mean()),
        )

    def _pictures(self, at: int, fake: Tensor, labels: Tensor | None) -> Quality:
        judge = picture_judge(*self._data)
        features = _features(judge, fake)
        predicted = judge.head(features).argmax(dim=1)
        return Quality(
            at=at,
            distance=frechet_distance(_real_moments(*self._data), Moments.of(features)),
            accuracy=None if labels is None else float((predicted == labels).float().mean()),
        )


class PictureJudge(nn.Module):
    """A small convolutional classifier; `body` gives 64 features."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(),
            nn.Flatten(), nn.Linear(32 * 16, 64), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(64, classes)

    def forward(self, samples: Tensor) -> Tensor:
        """One logit a class."""
        logits: Tensor = self.head(self.body(samples))
        return logits


@cache
def picture_judge(data: str, folder: Path) -> PictureJudge:
    """Trained in a few seconds, the same in every process."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        reals = training_reals(Game(data=data, objective="ns"), 0, folder)
        judge = PictureJudge(CHANNELS[data], reals.classes)
        optimizer, rng = torch.optim.Adam(judge.parameters(), lr=2e-3), seeded_generator(0)
        with torch.enable_grad():
            for _ in range(500):
                batch = reals.part(torch.randint(len(reals), (128,), generator=rng))
                optimizer.zero_grad()
                F.cross_entropy(judge(batch.samples), batch.labels).backward()
                optimizer.step()
    return judge.eval().requires_grad_(False)


@cache
def _real_moments(data: str, folder: Path) -> Moments:
    reals = held_out_reals(Game(data=data, objective="ns"), folder)
    return Moments.of(_features(picture_judge(data, folder), reals.samples))


def _features(judge: PictureJudge, samples: Tensor) -> Tensor:
    return torch.cat([judge.body(part) for part in samples.clamp(-10, 10).split(1024)])
