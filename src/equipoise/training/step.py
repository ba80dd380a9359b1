"""The two steps of the game. Their order is the algorithm; what varies is in `Game`, what changes in `TrainState`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.optim import Optimizer

from equipoise.constraints import weight_clip
from equipoise.core.steps import Batch, DiscriminatorRecord, GeneratorRecord, PenaltyRecord
from equipoise.training.descent import discriminator_descent, generator_descent, penalty_weights
from equipoise.training.game import Game
from equipoise.training.replicas import average_gradients
from equipoise.training.state import TrainState

Apply = Callable[[Optimizer], None]
"""What makes an optimiser's step."""


def _by_itself(optimizer: Optimizer) -> None:
    optimizer.step()


def discriminator_step(state: TrainState, game: Game, real: Batch, *, one_pass: bool = False) -> DiscriminatorRecord:
    """Descend on D once. `one_pass` scores reals and fakes together: for a D that judges each sample by itself."""
    state.d_optimizer.zero_grad(set_to_none=True)
    weights = penalty_weights(game, state.d_updates)
    records = []
    for part in real.split(game.micro_batches):
        total, record = discriminator_descent(state, game, part, weights=weights, one_pass=one_pass)
        (total / game.micro_batches).backward()
        records.append(record)
    update_discriminator(state, game, images=len(real))
    return joined_discriminator_records(records)


def generator_step(state: TrainState, game: Game, real: Batch) -> GeneratorRecord:
    """Descend on G once. D passes gradients through to the samples and collects none itself.

    The labels to generate are those of `real`, so that G is asked for the classes in the data's own proportions.
    """
    state.g_optimizer.zero_grad(set_to_none=True)
    records = []
    with frozen(state.discriminator):
        for part in real.split(game.micro_batches):
            total, record = generator_descent(state, game, part, diversity_weight=game.mode_seeking_weight)
            (total / game.micro_batches).backward()
            records.append(record)
    update_generator(state)
    return joined_generator_records(records)


def update_discriminator(state: TrainState, game: Game, *, images: int, apply: Apply = _by_itself) -> None:
    """Apply the gradients that lie in D's parameters, averaged over processes, and count. `images` are this one's."""
    average_gradients(state.discriminator, state.processes)
    apply(state.d_optimizer)
    if game.clip_bound is not None:
        weight_clip(state.discriminator, game.clip_bound)
    state.d_updates += 1
    state.images_seen += images * state.processes.count


def update_generator(state: TrainState, *, apply: Apply = _by_itself) -> None:
    """Apply the gradients that lie in G's parameters, averaged over processes, and count."""
    average_gradients(state.generator, state.processes)
    apply(state.g_optimizer)
    state.g_updates += 1


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


def joined_discriminator_records(records: list[DiscriminatorRecord]) -> DiscriminatorRecord:
    """One record of the whole batch from those of its micro-batches."""
    if len(records) == 1:
        return records[0]
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


def joined_generator_records(records: list[GeneratorRecord]) -> GeneratorRecord:
    """One record of the whole batch from those of its micro-batches."""
    if len(records) == 1:
        return records[0]
    terms = [record.mode_seeking for record in records if record.mode_seeking is not None]
    return GeneratorRecord(
        fake_logits=torch.cat([record.fake_logits for record in records]),
        loss=torch.stack([record.loss for record in records]).mean(),
        mode_seeking=torch.stack(terms).mean() if terms else None,
    )
