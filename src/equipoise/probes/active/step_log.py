"""What happens in a training step that we did not write: who was called with what, and whose gradients went where.

Hooks see it all from outside: on both networks, on their parameters, on both optimisers. They are taken away when the
networks are put back as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from equipoise.probes.active.slopes import Slopes, Values, per_sample

Player = Literal["generator", "discriminator"]
Source = Literal["real", "fake", "other"]
EQUAL, NOISY = 1e-6, 0.5
AT_BOUND = 0.01


@dataclass(frozen=True, slots=True)
class Arrival:
    """A gradient that reached a parameter; `onto` are the times of those it was added to, since it was last cleared."""

    time: int
    player: Player
    parameter: int
    onto: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lean:
    """The slope of a loss at scores: whose samples they were, and when the gradient passed."""

    time: int
    source: Source
    scores: Values
    slopes: Values


@dataclass(slots=True)
class StepLog:
    """Everything that was seen, in order; times count events."""

    steps: list[tuple[int, Player]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    leans: list[Lean] = field(default_factory=list)
    modes: dict[Player, set[bool]] = field(default_factory=lambda: {"generator": set(), "discriminator": set()})
    latents: list[Tensor] = field(default_factory=list)
    bound: float | None = None
    """At what the discriminator's weights were clipped when its newest step began, None if they were not."""
    time: int = 0
    _held: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _made: list[Tensor] = field(default_factory=list)

    def tick(self) -> int:
        """The next moment."""
        self.time += 1
        return self.time

    def count(self, player: Player) -> int:
        """How often its optimiser has stepped."""
        return sum(who == player for _, who in self.steps)

    def next_step(self, time: int) -> Player | None:
        """Whose optimiser stepped first after that moment."""
        return next((player for when, player in self.steps if when > time), None)

    def used(self, player: Player, step: int) -> set[int]:
        """When the gradients arrived of which that step's were the sum."""
        newest = {
            arrival.parameter: arrival for arrival in self.arrivals if arrival.player == player and arrival.time < step
        }
        return {part for arrival in newest.values() for part in (*arrival.onto, arrival.time)}

    def slopes(self, player: Player, source: Source) -> Slopes | None:
        """All slopes of that player's loss at those samples, None if there were none."""
        own = [lean for lean in self.leans if self.next_step(lean.time) == player]
        found = [lean for lean in own if lean.source == source]
        if player == "generator" and source == "fake":  # in its own step it is judged on nothing else
            found = [lean for lean in own if lean.source != "real"]
        if not found:
            return None
        scores = torch.cat([torch.from_numpy(lean.scores) for lean in found]).numpy()
        slopes = torch.cat([torch.from_numpy(lean.slopes) for lean in found]).numpy()
        return Slopes(scores, slopes, scores)

    def arrived(self, parameter: Tensor, player: Player) -> None:
        """A gradient is about to be added to this parameter's."""
        old = parameter.grad
        clear = old is None or not bool(old.any())
        onto = () if clear else self._held.get(id(parameter), ())
        now = self.tick()
        self._held[id(parameter)] = (*onto, now)
        self.arrivals.append(Arrival(now, player, id(parameter), onto))


def weight_bound(module: nn.Module) -> float | None:
    """The bound at which many weights stand exactly, None if there is none."""
    weights = torch.cat([parameter.detach().flatten().abs().float() for parameter in module.parameters()])
    bound = weights.max()
    share = (weights == bound).float().mean().item()
    return bound.item() if share > AT_BOUND and bound > 0 and len(weights) > 1 / AT_BOUND else None


@contextmanager
def logged(
    players: tuple[nn.Module, nn.Module], optimizers: tuple[Optimizer, Optimizer], real: Tensor | None, *, spread: bool
) -> Iterator[StepLog]:
    """Watch whatever runs inside.

    With `spread`, the scores that the step is handed are moved apart, so that a loss shows its whole shape and not
    only how it leans where an untrained discriminator happens to be.
    """
    log = StepLog()
    names: tuple[Player, Player] = ("generator", "discriminator")
    handles: list[Any] = []
    for player, module, optimizer in zip(names, players, optimizers, strict=True):
        handles += [_watch_parameter(log, parameter, player) for parameter in module.parameters()]
        handles.append(optimizer.register_step_pre_hook(_step_hook(log, player, module)))
    handles.append(players[0].register_forward_hook(_generator_hook(log)))
    handles.append(players[1].register_forward_hook(_discriminator_hook(log, real, spread)))
    try:
        yield log
    finally:
        for handle in handles:
            if handle is not None:
                handle.remove()


def _watch_parameter(log: StepLog, parameter: Tensor, player: Player) -> Any:
    if not parameter.requires_grad:
        return None

    def hook(_gradient: Tensor) -> None:
        log.arrived(parameter, player)

    return parameter.register_hook(hook)


def _step_hook(log: StepLog, player: Player, module: nn.Module) -> Any:
    def hook(_optimizer: Optimizer, _args: Any, _kwargs: Any) -> None:
        log.steps.append((log.tick(), player))
        if player == "discriminator":
            log.bound = weight_bound(module)

    return hook


def _generator_hook(log: StepLog) -> Any:
    def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        if torch.is_grad_enabled():
            log.modes["generator"].add(module.training)
        made = output[0] if isinstance(output, tuple | list) else output
        log._made.append(made.detach())
        log.latents += [item.detach().clone() for item in inputs[:1] if isinstance(item, Tensor)]

    return hook


def _discriminator_hook(log: StepLog, real: Tensor | None, spread: bool) -> Any:
    def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> Any:
        if torch.is_grad_enabled():
            log.modes["discriminator"].add(module.training)
        several = isinstance(output, tuple | list)
        scores = output[0] if several else output
        samples = next((item for item in inputs if isinstance(item, Tensor) and item.is_floating_point()), None)
        if samples is None or not isinstance(scores, Tensor) or not scores.requires_grad or not scores.ndim:
            return None
        moved = _moved_apart(scores) if spread else scores
        moved.register_hook(_lean_hook(log, _sources(log, samples, real), moved.detach()))
        if several:
            return type(output)([moved, *output[1:]])
        return moved

    return hook


def _lean_hook(log: StepLog, sources: tuple[Source, ...], scores: Tensor) -> Any:
    """`sources` tells whose scores these are; of two, each half of the batch has its own."""

    def hook(gradient: Tensor) -> None:
        if torch.is_grad_enabled():  # a penalty asks for the slope at its samples; that is no loss
            return
        slopes, values = per_sample(gradient, "sum") * len(scores), per_sample(scores, "mean")
        time, size = log.tick(), len(values) // len(sources)
        for place, source in enumerate(sources):
            part = slice(place * size, (place + 1) * size)
            log.leans.append(Lean(time, source, values[part], slopes[part]))

    return hook


def _sources(log: StepLog, samples: Tensor, real: Tensor | None) -> tuple[Source, ...]:
    """Whose samples they are; reals and fakes are often put into one batch."""
    whole = _source(log, samples, real)
    if whole != "other" or len(samples) % 2:
        return (whole,)
    halves = tuple(_source(log, half, real) for half in samples.chunk(2))
    return (whole,) if "other" in halves else halves


def _source(log: StepLog, samples: Tensor, real: Tensor | None) -> Source:
    """By their values, a little noise apart; what a penalty differentiates at is only taken for what it equals."""
    limit = EQUAL if samples.requires_grad else NOISY
    distances: list[tuple[float, Source]] = [(_distance(samples, made), "fake") for made in log._made]
    distances += [(_distance(samples, real), "real")] if real is not None else []
    nearest = min(distances, default=(float("inf"), "other"))
    if nearest[0] <= limit:
        return "fake" if nearest[1] == "fake" else "real"
    return "real" if real is None and not samples.requires_grad else "other"


def _distance(samples: Tensor, other: Tensor) -> float:
    """Relative to their size, whatever their shapes; infinite if they are not as many."""
    if samples.numel() != other.numel():
        return float("inf")
    mine, theirs = samples.detach().flatten(), other.detach().to(samples).flatten()
    return float((mine - theirs).norm() / theirs.norm().clamp_min(1e-12))


def _moved_apart(scores: Tensor) -> Tensor:
    """Scores moved by -3 to 3; probabilities by as much before their sigmoid."""
    offsets = torch.linspace(-3, 3, len(scores)).reshape(-1, *[1] * (scores.ndim - 1)).to(scores)
    inside = bool(((scores.detach() > 0) & (scores.detach() < 1)).all())
    return torch.sigmoid(torch.logit(scores.clamp(1e-4, 1 - 1e-4)) + offsets) if inside else scores + offsets
