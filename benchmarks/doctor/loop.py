"""A training loop in the manner of people's own, in which every mistake of the catalogue has its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from benchmarks.doctor.game import STRUCTURE, Game
from benchmarks.doctor.losses import discriminator_loss, generator_loss, penalty
from benchmarks.doctor.networks import Discriminator, Generator, players
from benchmarks.doctor.samples import Reals, as_fed
from equipoise.core.randomness import seeded_generator

ACCURATE = 0.8
LABELS = {"label dropped in the generator": 0, "label dropped in the discriminator": 1}


@dataclass(kw_only=True, slots=True, eq=False)
class Loop:
    """The state of a run: both players, their optimisers and the random stream of the batches."""

    game: Game
    reals: Reals
    generator: Generator
    discriminator: Discriminator
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer
    rng: torch.Generator
    fixed_latents: Tensor
    progress: float = 0.0
    accuracy: float = 0.0
    losses: dict[str, Tensor] = field(default_factory=dict)


def new_loop(game: Game, reals: Reals, seed: int) -> Loop:
    """Everything that a run of that game starts with."""
    generator, discriminator = players(game, reals.classes, seed)
    d_parameters = list(discriminator.parameters())
    if game.has("discriminator's layers left out"):
        d_parameters = d_parameters[-2:]
    if game.has("generator in the discriminator's optimiser"):
        d_parameters += list(generator.parameters())
    g_parameters = list(generator.parameters())
    if game.has("generator's layers left out"):
        g_parameters = g_parameters[-2:]
    rng = seeded_generator(seed)
    return Loop(
        game=game,
        reals=reals,
        generator=generator,
        discriminator=discriminator,
        g_optimizer=_optimizer(game, g_parameters, game.g_lr, 0.0),
        d_optimizer=_optimizer(game, d_parameters, game.d_lr, game.d_weight_decay),
        rng=rng,
        fixed_latents=torch.randn(game.batch, game.latent_dim, generator=rng),
    )


def train(loop: Loop, *, after: Game, onset: int, each_round: Callable[[int, Loop], None]) -> None:
    """Play all rounds; from round `onset` on the game is `after`. `each_round` is told when one is over."""
    assert all(getattr(after, name) == getattr(loop.game, name) for name in STRUCTURE)
    rounds = loop.game.rounds
    for number in range(rounds):
        if number == onset:
            loop.game = after
            _turn_knobs(loop)
        loop.progress = max(0.0, (number - onset) / max(rounds - onset, 1))
        _round(loop, number)
        each_round(number + 1, loop)


def _round(loop: Loop, number: int) -> None:
    game = loop.game
    never = game.has("gradients never cleared")
    if game.has("fakes keep their graph"):
        loop.g_optimizer.zero_grad()
    accurate = game.has("discriminator skipped when accurate") and loop.accuracy > ACCURATE
    for _ in range(game.d_steps):
        _discriminator_update(loop, clear=not never, step=not accurate)
    for _ in range(game.g_steps):
        _generator_update(loop, clear=not (never or game.has("fakes keep their graph")))
    if game.layer_noise:
        _shake(loop)
    if game.rank_decay and number % 10 == 0:
        _flatten_spectrum(loop)


def _discriminator_update(loop: Loop, *, clear: bool, step: bool) -> None:
    game = loop.game
    real, real_labels = _real_batch(loop)
    latents, labels = _latents(loop)
    fake = _called(loop.generator, latents, labels)
    if not game.has("fakes keep their graph"):
        fake = fake.detach()
    if clear:
        loop.d_optimizer.zero_grad()
    real_scores = _called(loop.discriminator, real, real_labels)
    fake_scores = _called(loop.discriminator, fake, labels)
    loss = discriminator_loss(game, real_scores, fake_scores, loop.rng)
    if game.penalised:
        term = penalty(game, loop.discriminator, real, fake.detach(), real_labels, loop.rng)
        if not game.has("penalty not in the loss"):
            loss = loss + game.penalty_weight * term
    loss.backward()
    if step and not game.has("discriminator's step missing"):
        loop.d_optimizer.step()
    if game.objective == "wgan" and not game.has("weights not clipped"):
        with torch.no_grad():
            for parameter in loop.discriminator.parameters():
                parameter.clamp_(-game.clip, game.clip)
    right = (real_scores > 0).float().mean() + (fake_scores < 0).float().mean()
    loop.accuracy = float(right.detach()) / 2
    loop.losses["discriminator"] = loss.detach()


def _generator_update(loop: Loop, *, clear: bool) -> None:
    game = loop.game
    latents, labels = _latents(loop)
    if clear:
        loop.g_optimizer.zero_grad()
    fake = _called(loop.generator, latents, labels)
    loss = generator_loss(game, _called(loop.discriminator, fake, labels))
    loss.backward()
    if not game.has("generator's step missing"):
        loop.g_optimizer.step()
    loop.losses["generator"] = loss.detach()


def _called(network: nn.Module, batch: Tensor, labels: Tensor | None) -> Tensor:
    out: Tensor = network(batch) if labels is None else network(batch, labels)
    return out


def _real_batch(loop: Loop) -> tuple[Tensor, Tensor | None]:
    rows = torch.randint(len(loop.reals), (loop.game.batch,), generator=loop.rng)
    batch = loop.reals.part(rows)
    samples = as_fed(loop.game, batch.samples, loop.progress, loop.rng)
    if not loop.game.conditional:
        return samples, None
    wrong = torch.rand(len(rows), generator=loop.rng) < loop.game.label_noise
    others = torch.randint(loop.reals.classes, (len(rows),), generator=loop.rng)
    return samples, torch.where(wrong, others, batch.labels)


def _latents(loop: Loop) -> tuple[Tensor, Tensor | None]:
    game = loop.game
    latents = torch.randn(game.batch, game.latent_dim, generator=loop.rng)
    labels = torch.randint(loop.reals.classes, (game.batch,), generator=loop.rng) if game.conditional else None
    return (loop.fixed_latents.clone() if game.has("latents fixed") else latents), labels


def _turn_knobs(loop: Loop) -> None:
    """What a change of the game changes outside the batches."""
    game = loop.game
    for optimizer, rate in ((loop.g_optimizer, game.g_lr), (loop.d_optimizer, game.d_lr)):
        for group in optimizer.param_groups:
            group["lr"] = rate
    for mistake, player in LABELS.items():
        (loop.generator, loop.discriminator)[player].hears_label = not game.has(mistake)
    if game.has("generator in evaluation mode"):
        loop.generator.eval()


def _optimizer(game: Game, parameters: list[nn.Parameter], rate: float, decay: float) -> torch.optim.Optimizer:
    if game.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, weight_decay=decay)
    if game.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=rate, weight_decay=decay)
    return torch.optim.Adam(
        parameters, lr=rate, betas=(game.beta1, 0.9 if game.penalised else 0.999), weight_decay=decay
    )


def _hidden(network: nn.Module) -> Sequence[nn.Module]:
    """The layers between the first and the last."""
    return [m for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d | nn.ConvTranspose2d)][1:-1]


@torch.no_grad()
def _shake(loop: Loop) -> None:
    weight = _hidden(loop.generator)[0].get_parameter("weight")
    weight.add_(weight.std() * torch.randn(weight.shape, generator=loop.rng), alpha=loop.game.layer_noise)


@torch.no_grad()
def _flatten_spectrum(loop: Loop) -> None:
    for layer in _hidden(loop.discriminator):
        name = "parametrizations.weight.original" if hasattr(layer, "parametrizations") else "weight"
        weight = layer.get_parameter(name)
        left, values, right = torch.linalg.svd(weight.flatten(1), full_matrices=False)
        values[1:] *= (1 - loop.game.rank_decay) ** 10
        weight.copy_((left * values @ right).view_as(weight))
