"""The tests of losses, optimisers and the training step."""

from collections.abc import Callable

from torch import Tensor
from torch.optim import Optimizer

from equipoise.preflight.batch import Batch
from equipoise.preflight.collect import Collected
from equipoise.preflight.losses import Losses
from equipoise.preflight.setup import SetUp
from equipoise.probes.active.optimizers import membership_test, movement_test, settings_facts
from equipoise.probes.active.players import Players
from equipoise.probes.active.recognise import objective_facts, sign_tests
from equipoise.probes.active.result import NotTested
from equipoise.probes.active.slopes import GameSlopes, measured_slopes
from equipoise.probes.active.training_step import step_tests

_TARGETS = ("real_target", "fake_target")


def game_tests(setup: SetUp, players: Players, batch: Batch, losses: Losses, collected: Collected) -> None:
    """Signs and targets from the losses or from the step, membership of the optimisers, and whether anything moves."""
    observed = _step(setup, players, batch, collected)
    game = _slopes(losses, players) if losses.discriminator or losses.generator else observed
    facts = objective_facts(game)
    if losses.own or game is observed:
        collected.add_all(sign_tests(game))
    else:
        facts = {name: value for name, value in facts.items() if name not in _TARGETS}
        give = "give generator_loss and discriminator_loss, or train_step"
        collected.miss("signs", "how your loop combines its loss was not given", give)
    collected.know(facts)
    _optimizers(setup, players, losses, collected)


def _step(setup: SetUp, players: Players, batch: Batch, collected: Collected) -> GameSlopes:
    give = "give train_step, a function of a real batch, and both optimisers"
    if setup.train_step is None:
        collected.miss("order of the step", "no training step was given (detach, zero_grad, clipping)", give)
        return GameSlopes()
    if setup.generator_optimizer is None or setup.discriminator_optimizer is None:
        collected.miss("order of the step", "the training step was given without its optimisers", give)
        return GameSlopes()
    both = (_inner(setup.generator_optimizer), _inner(setup.discriminator_optimizer))
    real = batch.samples.to(players.real.device)
    labels = None if batch.labels is None else batch.labels.to(players.real.device)
    tests, game = step_tests(setup.train_step, players, both, real, labels)
    collected.add_all(tests)
    return game


def _inner(optimizer: Optimizer) -> Optimizer:
    """The optimiser inside a wrapper such as Accelerate's."""
    inner = getattr(optimizer, "optimizer", None)
    return inner if isinstance(inner, Optimizer) else optimizer


def _slopes(losses: Losses, players: Players) -> GameSlopes:
    like = players.output(players.real, players.labels).detach()
    return measured_slopes(losses.discriminator, losses.generator, like)


def _optimizers(setup: SetUp, players: Players, losses: Losses, collected: Collected) -> None:
    pairs = (
        ("generator", setup.generator_optimizer, _generator_loss(players, losses)),
        ("discriminator", setup.discriminator_optimizer, _discriminator_loss(players, losses)),
    )
    for player, optimizer, loss in pairs:
        own, other = players.both if player == "generator" else players.both[::-1]
        if optimizer is None:
            collected.miss(f"{player}'s optimiser", "it was not given", f"give {player}_optimizer")
        else:
            collected.add(membership_test(player, own, other, _inner(optimizer)))
            collected.know(settings_facts(player, _inner(optimizer)))
        if f"{player}_moves" in collected.facts:
            continue
        try:
            collected.add(movement_test(player, players, loss, None if optimizer is None else _inner(optimizer)))
        except (RuntimeError, ValueError) as error:  # BCELoss refuses logits: another test says so
            why = f"its loss fails on its own scores: {str(error).splitlines()[0]}"
            collected.add(NotTested(name=f"{player} moves", why=why, give="give a loss that takes them"))


def _generator_loss(players: Players, losses: Losses) -> Callable[[], Tensor]:
    def make() -> Tensor:
        count = len(players.real)
        fakes = players.fakes(players.latents(count), players.labels_for(count))
        scores = players.output(fakes, players.labels)
        if losses.generator is None:
            return -scores.mean()
        return losses.generator(players.output(players.real, players.labels), scores)

    return make


def _discriminator_loss(players: Players, losses: Losses) -> Callable[[], Tensor]:
    def make() -> Tensor:
        real = players.output(players.real, players.labels)
        fake = players.output(players.sampled(len(players.real)), players.labels)
        return fake.mean() - real.mean() if losses.discriminator is None else losses.discriminator(real, fake)

    return make
