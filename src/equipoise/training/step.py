"""The two steps of the game. Their order is the algorithm; what varies is in `Game`, what changes in `TrainState`."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from equipoise.constraints import ModeSeeking, PenaltyTerm, weight_clip
from equipoise.core.calling import generated, score_function, scored
from equipoise.core.steps import Batch, DiscriminatorRecord, GeneratorRecord, PenaltyRecord
from equipoise.core.types import Labels, Latents, Logits, Samples, Scalar
from equipoise.sampling import sample_latents
from equipoise.training.game import Game
from equipoise.training.precision import autocast
from equipoise.training.state import TrainState


def discriminator_step(state: TrainState, game: Game, real: Batch) -> DiscriminatorRecord:
    """Descend on D once. G is sampled without a graph, so its gradients stay untouched."""
    state.d_optimizer.zero_grad(set_to_none=True)
    records = [_discriminator_gradients(state, game, part) for part in real.split(game.micro_batches)]
    state.d_optimizer.step()
    if game.clip_bound is not None:
        weight_clip(state.discriminator, game.clip_bound)
    state.d_updates += 1
    state.images_seen += len(real)
    return _joined(records)


def generator_step(state: TrainState, game: Game, real: Batch) -> GeneratorRecord:
    """Descend on G once. D passes gradients through to the samples and collects none itself.

    The labels to generate are those of `real`, so that G is asked for the classes in the data's own proportions.
    """
    state.g_optimizer.zero_grad(set_to_none=True)
    with frozen(state.discriminator):
        records = [_generator_gradients(state, game, part) for part in real.split(game.micro_batches)]
    state.g_optimizer.step()
    state.g_updates += 1
    terms = [record.mode_seeking for record in records if record.mode_seeking is not None]
    return GeneratorRecord(
        fake_logits=torch.cat([record.fake_logits for record in records]),
        loss=torch.stack([record.loss for record in records]).mean(),
        mode_seeking=torch.stack(terms).mean() if terms else None,
    )


@contextmanager
def frozen(module: nn.Module) -> Iterator[None]:
    """Inside, no parameter of `module` collects a gradient; a parameter the user froze stays frozen afterwards."""
    trainable = [parameter for parameter in module.parameters() if parameter.requires_grad]
    for parameter in trainable:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trainable:
            parameter.requires_grad_(True)


def _discriminator_gradients(state: TrainState, game: Game, real: Batch) -> DiscriminatorRecord:
    """Add the gradients of one micro-batch to D's parameters."""
    with torch.no_grad(), autocast(game.precision, state.device):
        latents = sample_latents(len(real), game.latent_dim, rng=state.rng, device=state.device)
        fake = generated(state.generator, latents, real.labels).float()

    real_logits = _logits(state, game, real.samples, real.labels)
    fake_logits = _logits(state, game, fake, real.labels)
    loss = game.objective.discriminator(real_logits, fake_logits)

    total, penalties = loss, []
    for term in game.penalties:
        if term.due(state.d_updates):
            penalty, record = _penalised(state, term, real, fake)
            total = total + penalty
            penalties.append(record)
    (total / game.micro_batches).backward()
    return DiscriminatorRecord(
        real_logits=real_logits.detach(),
        fake_logits=fake_logits.detach(),
        loss=loss.detach(),
        penalties=tuple(penalties),
    )


def _penalised(state: TrainState, term: PenaltyTerm, real: Batch, fake: Samples) -> tuple[Scalar, PenaltyRecord]:
    """The penalty with its weight, and what to remember of it. It runs in float32 whatever the game's precision."""
    score = score_function(state.discriminator, real.labels)
    reading = term.penalty(score, real=real.samples, fake=fake, rng=state.rng)
    record = PenaltyRecord(
        name=term.penalty.name, value=reading.values.detach().mean(), gradient_norm=reading.gradient_norms.mean()
    )
    return term.contribution(reading), record


def _generator_gradients(state: TrainState, game: Game, real: Batch) -> GeneratorRecord:
    """Add the gradients of one micro-batch to G's parameters."""
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
        total = total + game.mode_seeking_weight * diversity
    (total / game.micro_batches).backward()
    return GeneratorRecord(
        fake_logits=fake_logits.detach(),
        loss=loss.detach(),
        mode_seeking=None if diversity is None else diversity.detach(),
    )


def _fresh_samples(state: TrainState, game: Game, real: Batch) -> tuple[Latents, Samples]:
    latents = sample_latents(len(real), game.latent_dim, rng=state.rng, device=state.device)
    with autocast(game.precision, state.device):
        fake = generated(state.generator, latents, real.labels)
    return latents, fake.float()


def _logits(state: TrainState, game: Game, samples: Samples, labels: Labels | None) -> Logits:
    with autocast(game.precision, state.device):
        logits = scored(state.discriminator, samples, labels)
    return logits.float()


def _joined(records: list[DiscriminatorRecord]) -> DiscriminatorRecord:
    """One record of the whole batch from those of its micro-batches."""
    penalties = []
    for same in zip(*(record.penalties for record in records), strict=True):
        value = torch.stack([penalty.value for penalty in same]).mean()
        norm = torch.stack([penalty.gradient_norm for penalty in same]).mean()
        penalties.append(PenaltyRecord(name=same[0].name, value=value, gradient_norm=norm))
    return DiscriminatorRecord(
        real_logits=torch.cat([record.real_logits for record in records]),
        fake_logits=torch.cat([record.fake_logits for record in records]),
        loss=torch.stack([record.loss for record in records]).mean(),
        penalties=tuple(penalties),
    )
