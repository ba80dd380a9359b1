"""The user's own training step, run a few times under observation and undone."""

import inspect
from collections.abc import Callable

import torch
from torch import Tensor
from torch.optim import Optimizer

from equipoise.core.errors import SettingError
from equipoise.core.records import FactValue
from equipoise.probes.active.players import Players
from equipoise.probes.active.result import ProbeResult, Tested, verdict_of
from equipoise.probes.active.slopes import GameSlopes
from equipoise.probes.active.snapshot import as_it_was
from equipoise.probes.active.step_log import Player, StepLog, logged, weight_bound

TrainStep = Callable[..., object]
MOST_ROUNDS = 12
PLAYERS: tuple[Player, Player] = ("generator", "discriminator")


def step_tests(
    step: TrainStep, players: Players, optimizers: tuple[Optimizer, Optimizer], real: Tensor, labels: Tensor | None
) -> tuple[list[Tested], GameSlopes]:
    """Two plain rounds for the order of things, one with the scores moved apart for the losses.

    `real` is the batch as the step takes it. Everything is put back afterwards.
    """
    run = _runner(step, real, labels)
    with as_it_was(players.both, optimizers):
        before = _weights(players)
        with logged(players.both, optimizers, real, spread=False) as log:
            rounds = _rounds(run, log, steps=2)
        moved = [not torch.equal(a, b) for a, b in zip(before, _weights(players), strict=True)]
        bound = weight_bound(players.discriminator)
    with as_it_was(players.both, optimizers), logged(players.both, optimizers, real, spread=True) as shaped:
        _rounds(run, shaped, steps=1)
    tests: list[Tested] = [_moves("generator", moved[0], log), _moves("discriminator", moved[1], log)]
    tests += _order_tests(log) + _latent_tests(rounds) + _mode_tests(log)
    tests += _clip_tests(log.bound, bound)
    return tests, _game(shaped)


def _runner(step: TrainStep, real: Tensor, labels: Tensor | None) -> Callable[[], None]:
    needed = [
        p for p in inspect.signature(step).parameters.values() if p.default is p.empty and p.kind is not p.VAR_KEYWORD
    ]
    given: tuple[Tensor, ...] = () if not needed else (real,)
    if len(needed) > 1:
        given = (real,) if labels is None else (real, labels)
    if len(needed) > len(given) and not any(p.kind is p.VAR_POSITIONAL for p in needed):
        raise SettingError(
            f"`train_step` takes {[p.name for p in needed]}, but is called with (real) or (real, labels). "
            "Wrap it in a function that takes those."
        )

    def run() -> None:
        with torch.enable_grad():
            try:
                step(*given)
            except Exception as error:
                raise SettingError(
                    f"`train_step` failed on a batch of shape {tuple(real.shape)}: {type(error).__name__}: {error}"
                ) from error

    return run


def _rounds(run: Callable[[], None], log: StepLog, *, steps: int) -> list[list[Tensor]]:
    """Run until both optimisers have stepped so often, since many loops train one player only every few rounds.

    Returns the latents of each round.
    """
    latents: list[list[Tensor]] = []
    while len(latents) < steps or (len(latents) < MOST_ROUNDS and min(map(log.count, PLAYERS)) < steps):
        seen = len(log.latents)
        run()
        latents.append(log.latents[seen:])
    return latents


def _weights(players: Players) -> tuple[Tensor, Tensor]:
    flat = [torch.cat([p.detach().flatten().cpu().float() for p in module.parameters()]) for module in players.both]
    return flat[0], flat[1]


def _moves(player: Player, moved: bool, log: StepLog) -> ProbeResult:
    text = f"your training step {'changes' if moved else 'leaves'} the {player}'s weights"
    if not log.count(player):
        text += f": the {player}'s optimiser never stepped"
    return ProbeResult(
        name=f"{player} moves", outcome=verdict_of(moved), sentence=text, facts={f"{player}_moves": moved}
    )


def _order_tests(log: StepLog) -> list[Tested]:
    if not all(map(log.count, PLAYERS)):
        return []
    stale = [player for player in ("generator", "discriminator") if _stale(log, player)]
    leaks, attached = _leaks(log), _attached(log)
    return [
        _result(
            "gradients cleared", not stale,
            "gradients are cleared between updates", f"the {' and the '.join(stale)} is updated with gradients of "
            "earlier updates: zero_grad is missing",
            {"gradients_zeroed": not stale, **_ratio(log)},
        ),
        _result(
            "fakes detached", not attached or not leaks,
            "no gradient of the discriminator's step reaches the generator"
            if not attached else "the discriminator's step sends gradients to the generator, which are cleared in time",
            "the discriminator's step sends gradients to the generator: fakes are not detached",
            {"fakes_detached": not attached},
        ),
        _result(
            "generator's gradients", not leaks,
            "the generator is updated with its own loss's gradients alone",
            "the generator is updated with gradients that the discriminator's step left behind",
            {"generator_gradients_leak": leaks},
        ),
    ]  # fmt: skip


def _ratio(log: StepLog) -> dict[str, FactValue]:
    """Steps of the discriminator between two of the generator; unknown where the generator takes several."""
    own = [place for place, (_, player) in enumerate(log.steps) if player == "generator"]
    between = own[-1] - own[-2] - 1 if len(own) > 1 else 0
    return {"d_steps": float(between), "g_steps": 1.0} if between else {}


def _result(name: str, ok: bool, good: str, bad: str, facts: dict[str, FactValue]) -> ProbeResult:
    return ProbeResult(name=name, outcome=verdict_of(ok), sentence=good if ok else bad, facts=facts)


def _stale(log: StepLog, player: Player) -> bool:
    """Some step used a gradient that an earlier step of the same player had already used."""
    own = [time for time, who in log.steps if who == player]
    return any(part < own[place - 1] for place in range(1, len(own)) for part in log.used(player, own[place]))


def _leaks(log: StepLog) -> bool:
    """Some step of the generator used gradients from before and from after a step of the discriminator."""
    theirs = [time for time, who in log.steps if who == "discriminator"]
    own = [time for time, who in log.steps if who == "generator"]
    for place, step in enumerate(own):
        since = own[place - 1] if place else 0
        parts = [part for part in log.used("generator", step) if part > since]
        if any(min(parts, default=step) < between < max(parts, default=0) for between in theirs):
            return True
    return False


def _attached(log: StepLog) -> bool:
    """Gradients reach the generator before a step of the discriminator, and again before its own."""
    times = [arrival.time for arrival in log.arrivals if arrival.player == "generator"]
    last = 0
    for position, (time, player) in enumerate(log.steps):
        if player == "discriminator":
            following = next((when for when, who in log.steps[position:] if who == "generator"), None)
            before = any(last < arrival < time for arrival in times)
            if before and following is not None and any(time < arrival < following for arrival in times):
                return True
        last = time
    return False


def _latent_tests(rounds: list[list[Tensor]]) -> list[Tested]:
    first, second = rounds[:2]
    if not first or len(first) != len(second):
        return []
    fixed = all(a.shape == b.shape and torch.equal(a, b) for a, b in zip(first, second, strict=True))
    text = "the same latents are used again in every step" if fixed else "every step draws new latents"
    return [
        ProbeResult(name="fresh latents", outcome=verdict_of(not fixed), sentence=text, facts={"latents_fixed": fixed})
    ]


def _mode_tests(log: StepLog) -> list[Tested]:
    evaluating = [player for player, modes in log.modes.items() if False in modes]
    text = (
        f"the {' and the '.join(evaluating)} is in evaluation mode while it is trained"
        if evaluating
        else ("both networks are in training mode")
    )
    facts: dict[str, FactValue] = {"mode_eval_at_training": bool(evaluating)}
    return [ProbeResult(name="modes", outcome=verdict_of(not evaluating), sentence=text, facts=facts)]


def _clip_tests(at_step: float | None, at_end: float | None) -> list[Tested]:
    """Clipped weights when the round ends were clipped after the step, clipped ones when a step begins alone before."""
    bound = at_end or at_step
    if bound is None:
        return []
    after = at_end is not None
    text = f"the discriminator's weights are clipped to {bound:.3g} {'after' if after else 'before'} its step"
    facts: dict[str, FactValue] = {"clip_value": round(bound, 8), "clip_after_step": after}
    return [ProbeResult(name="weight clipping", outcome=verdict_of(after), sentence=text, facts=facts)]


def _game(log: StepLog) -> GameSlopes:
    """Slopes of either player's loss; a loop that takes both gradients before either step cannot be told apart."""
    if log.slopes("generator", "real") is not None:
        return GameSlopes()
    return GameSlopes(
        real=log.slopes("discriminator", "real"),
        fake=log.slopes("discriminator", "fake"),
        generator=log.slopes("generator", "fake"),
    )
