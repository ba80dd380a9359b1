"""How much better the discriminator would become if the generator waited for it.

A gain says that the discriminator works too little; none, while it lags, that it cannot do better: capacity, or a
constraint. Discriminators of images gain in healthy runs too, so a figure is to be compared with the run's own past.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.optim import Optimizer

from equipoise.constraints import weight_clip
from equipoise.core.randomness import seeded_generator
from equipoise.core.types import Labels, Samples, Scalar
from equipoise.metrics import ranking_auc
from equipoise.probes.active.snapshot import as_it_was
from equipoise.probes.game import GameProbe
from equipoise.probes.opponents import AnyLatents, Opponents
from equipoise.probes.undisturbed import undisturbed


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one step of the discriminator is given. `labels` belong to `real` and are asked of the fakes."""

    real: Samples
    labels: Labels | None
    latents: AnyLatents


@dataclass(frozen=True, kw_only=True, slots=True)
class Headroom:
    """The discriminator on held-out samples and fixed fakes, before some steps of its own and after."""

    ranking_before: float
    ranking_after: float
    loss_before: float
    loss_after: float

    @property
    def ranking_gain(self) -> float:
        """Rise of P(D(x) > D(G(z)))."""
        return self.ranking_after - self.ranking_before

    @property
    def loss_drop(self) -> float:
        """Fall of the objective's loss, without penalties."""
        return self.loss_before - self.loss_after


def headroom(
    players: Opponents,
    probe: GameProbe,
    turn: Callable[[int], Turn],
    *,
    optimizer: Callable[[list[nn.Parameter]], Optimizer],
    clip_bound: float | None = None,
    steps: int = 60,
) -> Headroom:
    """Train the discriminator for `steps` against a generator that stands still, measure, and undo it all.

    `turn` gives the data of each step, counted from 0; `optimizer` makes a new one over the discriminator's weights,
    since the run's own has a memory that must not be touched. Objective and penalties are those of `probe`.
    """
    both = (players.generator, players.discriminator)
    with undisturbed(both), as_it_was(both):
        before = _measured(players, probe)
        own = optimizer([weight for weight in players.discriminator.parameters() if weight.requires_grad])
        rng = seeded_generator(0)
        for number in range(steps):
            own.zero_grad(set_to_none=True)
            _loss(players, probe, turn(number), number, rng).backward()
            own.step()
            if clip_bound is not None:
                weight_clip(players.discriminator, clip_bound)
        after = _measured(players, probe)
    return Headroom(ranking_before=before[0], loss_before=before[1], ranking_after=after[0], loss_after=after[1])


def _loss(players: Opponents, probe: GameProbe, turn: Turn, number: int, rng: torch.Generator) -> Scalar:
    with torch.no_grad():
        fake = players.generate(turn.latents, turn.labels)
    loss = probe.objective.discriminator(players.score(turn.real, turn.labels), players.score(fake, turn.labels))
    for term in probe.penalties:
        if term.due(number):
            reading = term.penalty(players.scorer(turn.labels), real=turn.real, fake=fake, rng=rng)
            loss = loss + term.contribution(reading)
    return loss


@torch.no_grad()
def _measured(players: Opponents, probe: GameProbe) -> tuple[float, float]:
    fake = players.samples(probe.latents, probe.labels, probe.batch_size)
    labels = None if probe.labels is None else probe.labels[: len(fake)]
    fake_logits = players.scores(fake, labels, probe.batch_size)
    real_logits = players.scores(probe.held_out, probe.held_out_labels, probe.batch_size)
    count = min(len(real_logits), len(fake_logits))
    loss = probe.objective.discriminator(real_logits[:count], fake_logits[:count])
    return float(ranking_auc(real_logits, fake_logits)), float(loss)
