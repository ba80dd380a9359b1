"""What each player descends: its loss with a graph, and a record of it. Nothing here updates anything.

Both engines, the eager and the fused, call these functions, so that a game is written down once.
"""

import torch

from equipoise.constraints import ModeSeeking, PenaltyTerm
from equipoise.core.calling import generated, score_function, scored
from equipoise.core.steps import Batch, DiscriminatorRecord, GeneratorRecord, PenaltyRecord
from equipoise.core.types import Labels, Latents, Logits, Samples, Scalar
from equipoise.sampling import sample_latents
from equipoise.training.game import Game
from equipoise.training.precision import autocast, widened
from equipoise.training.state import TrainState

Weight = float | Scalar
PenaltyWeights = tuple[Weight | None, ...]
"""What multiplies the mean of each penalty of a game; None where it is not due."""


def penalty_weights(game: Game, update: int) -> PenaltyWeights:
    """Those of the discriminator's `update`, counted from 0."""
    return tuple(term.pull if term.due(update) else None for term in game.penalties)


def discriminator_descent(
    state: TrainState, game: Game, real: Batch, *, weights: PenaltyWeights, one_pass: bool
) -> tuple[Scalar, DiscriminatorRecord]:
    """The whole loss of D on one micro-batch. G is sampled without a graph, so its gradients stay untouched.

    `one_pass` scores reals and fakes as one batch: for a D that judges each sample by itself.
    """
    with torch.no_grad(), autocast(game.precision, state.device):
        latents = sample_latents(len(real), game.latent_dim, rng=state.rng, device=state.device)
        fake = widened(generated(state.generator, latents, real.labels))

    real_logits, fake_logits = _both_logits(state, game, real, fake, one_pass=one_pass)
    loss = game.objective.discriminator(real_logits, fake_logits)

    total, penalties = loss, []
    for term, weight in zip(game.penalties, weights, strict=True):
        if weight is not None:
            value, record = _penalty(state, term, real, fake)
            total = total + weight * value
            penalties.append(record)
    return total, DiscriminatorRecord(
        real_logits=real_logits.detach(),
        fake_logits=fake_logits.detach(),
        loss=loss.detach(),
        penalties=tuple(penalties),
    )


def generator_descent(
    state: TrainState, game: Game, real: Batch, *, diversity_weight: Weight
) -> tuple[Scalar, GeneratorRecord]:
    """The whole loss of G on one micro-batch. D's parameters must not ask for gradients: they would be for nothing."""
    latents, fake = _fresh_samples(state, game, real)
    fake_logits = _logits(state, game, fake, real.labels)
    if game.objective.needs_real_in_generator:
        with torch.no_grad():
            real_logits = _logits(state, game, real.samples, real.labels)
    else:
        real_logits = torch.zeros_like(fake_logits)  # ignored by every objective that does not ask for it
    loss = game.objective.generator(real_logits, fake_logits)

    total, diversity = loss, None
    if game.mode_seeking_weight > 0:
        other_latents, other_fake = _fresh_samples(state, game, real)
        diversity = ModeSeeking()(fake, other_fake, latents_a=latents, latents_b=other_latents)
        total = total + diversity_weight * diversity
    return total, GeneratorRecord(
        fake_logits=fake_logits.detach(),
        loss=loss.detach(),
        mode_seeking=None if diversity is None else diversity.detach(),
    )


def _penalty(state: TrainState, term: PenaltyTerm, real: Batch, fake: Samples) -> tuple[Scalar, PenaltyRecord]:
    """Its mean before the weight, and what to remember of it. It runs in float32 whatever the game's precision."""
    score = score_function(state.discriminator, real.labels)
    reading = term.penalty(score, real=real.samples, fake=fake, rng=state.rng)
    value = reading.values.mean()
    record = PenaltyRecord(name=term.penalty.name, value=value.detach(), gradient_norm=reading.gradient_norms.mean())
    return value, record


def _fresh_samples(state: TrainState, game: Game, real: Batch) -> tuple[Latents, Samples]:
    latents = sample_latents(len(real), game.latent_dim, rng=state.rng, device=state.device)
    with autocast(game.precision, state.device):
        fake = generated(state.generator, latents, real.labels)
    return latents, widened(fake)


def _both_logits(state: TrainState, game: Game, real: Batch, fake: Samples, *, one_pass: bool) -> tuple[Logits, Logits]:
    if not one_pass:
        return _logits(state, game, real.samples, real.labels), _logits(state, game, fake, real.labels)
    labels = None if real.labels is None else torch.cat([real.labels, real.labels])
    real_logits, fake_logits = _logits(state, game, torch.cat([real.samples, fake]), labels).chunk(2)
    return real_logits, fake_logits


def _logits(state: TrainState, game: Game, samples: Samples, labels: Labels | None) -> Logits:
    with autocast(game.precision, state.device):
        logits = scored(state.discriminator, samples, labels)
    return widened(logits)
