"""The steps of both players: which backward passes each follows, and what it changes."""

import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from equipoise.probes import update_ratio, weights_of
from equipoise.watching.calls import Scored
from equipoise.watching.carried import Origin, made_of
from equipoise.watching.recorder import Backward, Complain, Recorder, followed_weights
from equipoise.watching.sorting import Part, sorted_parts

_KEPT = 4
_GAPS = 64


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Step:
    """One step of a player: the batches behind it and the passes that it follows."""

    player: str
    parts: Sequence[Part]
    backwards: tuple[int, ...]
    reached: frozenset[str]
    """Players whose weights those passes reached."""
    gradient: Origin


@dataclass(slots=True, eq=False)
class Side:
    """One player with all that is counted of it."""

    name: str
    module: nn.Module
    own: frozenset[int]
    weight: nn.Parameter | None
    taken: int = 0
    idle: int = 0
    """Steps of the other player at which a pass that was meant for this one lay unused, since its own last step."""
    since: int = 0
    """Steps of the other player since its own last one."""
    gaps: deque[int] = field(default_factory=lambda: deque(maxlen=_GAPS))
    """How many steps of the other player lay before each of its newest own ones, where any did."""
    optimizers: "weakref.WeakSet[Optimizer]" = field(default_factory=weakref.WeakSet)
    foreign: Tensor | None = None
    previous: Tensor | None = None
    whole: bool = True
    """Everything since its last step was heard."""
    measure: bool = False
    before: tuple[Tensor, ...] | None = None
    update: Tensor | None = None


class Steps:
    """Hears every optimiser of the process and keeps to those that hold parameters of the two players."""

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        recorder: Recorder,
        tell: Callable[[Step], None],
        complain: Complain,
    ) -> None:
        both = {"generator": generator, "discriminator": discriminator}
        ids = {name: {id(p) for p in module.parameters()} for name, module in both.items()}
        shared = ids["generator"] & ids["discriminator"]
        self.sides = {
            name: Side(name, module, frozenset(ids[name] - shared), next(iter(followed_weights(module)), None))
            for name, module in both.items()
        }
        self._recorder, self._tell, self._complain = recorder, tell, complain
        self._inside = 0
        here = weakref.ref(self)
        self.handles = [
            register_optimizer_step_pre_hook(_on_step(here, "before")),
            register_optimizer_step_post_hook(_on_step(here, "after")),
        ]

    def players_of(self, optimizer: Optimizer) -> list[Side]:
        """Whose parameters it holds."""
        held = {id(p) for group in optimizer.param_groups for p in group["params"]}
        return [side for side in self.sides.values() if side.own & held]

    def opened(self) -> None:
        """Listening begins: what was before is not known."""
        for side in self.sides.values():
            side.whole, side.foreign, side.previous = side.taken == 0, None, None

    def before(self, optimizer: Optimizer) -> None:
        """Right before a step."""
        self._inside += 1
        if self._inside > 1:  # a wrapper's step calls that of the optimiser inside
            return
        for side in self.players_of(optimizer):
            side.optimizers.add(optimizer)
            self._count(side)
            if not self._recorder.listening:
                continue
            if side.measure:
                side.before = weights_of(side.module)
            step = self._taken(side)
            if step is not None:
                self._tell(step)

    def _count(self, side: Side) -> None:
        if side.since and side.taken:
            side.gaps.append(side.since)
        side.taken, side.since = side.taken + 1, 0
        for other in self.sides.values():
            other.since += other is not side

    def after(self, optimizer: Optimizer) -> None:
        """Right after a step."""
        self._inside = max(0, self._inside - 1)
        if self._inside or not self._recorder.listening:
            return
        for side in self.players_of(optimizer):
            if side.before is not None:
                side.update = update_ratio(side.before, side.module) if side.before else torch.zeros(())
                side.before, side.measure = None, False

    def guarded(self, what: str, optimizer: Optimizer) -> None:
        """`before` or `after`, which never raise in the loop."""
        try:
            (self.before if what == "before" else self.after)(optimizer)
        except Exception as error:
            self._complain(f"follow a step of {type(optimizer).__name__}", error)

    def _taken(self, side: Side) -> Step | None:
        recorder = self._recorder
        side.idle = 0
        own, left = attributed(recorder.passes, recorder.scored, side.name)
        for other in self.sides.values():
            other.idle += other is not side and any(other.name in recorder.passes[task].gradients for task in left)
        for task in left:
            recorder.passes[task].waited += 1
        origin = self._balance(side, own)
        reached = frozenset(name for task in own for name in recorder.passes[task].gradients)
        _without_first_order(recorder.scored, set(recorder.passes))
        for task in own:
            self._hand_over(recorder.passes.pop(task), side)
        if not own:
            return None
        calls = [call for call in recorder.scored if _concerns(call, own, side.name)]
        parts = sorted_parts(calls, list(recorder.made), own)
        for call in calls:
            call.done = True
        if side.name == "generator":
            self._tidy()
        return Step(player=side.name, parts=parts, backwards=tuple(own), reached=reached, gradient=origin)

    def _balance(self, side: Side, own: Sequence[int]) -> Origin:
        """What the gradient of the followed weight is made of."""
        passes = self._recorder.passes
        mine = [passes[task].gradients[side.name] for task in own if side.name in passes[task].gradients]
        for task, passed in passes.items():
            if task not in own and (gradient := passed.gradients.pop(side.name, None)) is not None:
                side.foreign = _added(side.foreign, gradient)
        gradient = None if side.weight is None or side.weight.grad is None else side.weight.grad.detach()
        origin: Origin = "unknown"
        if gradient is not None and not gradient.is_sparse and side.whole and all(g.numel() for g in mine):
            total = sum(mine[1:], mine[0]) if mine else None
            origin = made_of(gradient, total, side.foreign, side.previous)
        side.previous = None if gradient is None or gradient.is_sparse else gradient.clone()
        side.foreign, side.whole = None, True
        return origin

    def _hand_over(self, passed: Backward, stepping: Side) -> None:
        """What a pass of one player left in the other's gradients waits there for that one's step."""
        for name, gradient in passed.gradients.items():
            if name != stepping.name and gradient.numel():
                self.sides[name].foreign = _added(self.sides[name].foreign, gradient)

    def _tidy(self) -> None:
        """After a round: only the newest batches may still be used."""
        recorder = self._recorder
        recorder.scored = type(recorder.scored)((c for c in recorder.scored if not c.done), recorder.scored.maxlen)
        while len(recorder.made) > _KEPT:
            recorder.made.popleft()


def attributed(passes: Mapping[int, Backward], scored: Sequence[Scored], player: str) -> tuple[list[int], list[int]]:
    """The passes that a step of `player` follows, and those that are the other's.

    One that went through reals, or through fakes without a graph to the generator, is the discriminator's. One through
    fakes with their graph is the generator's, unless the discriminator steps and has no other pass over fakes. A
    generator's loss that reads the reals too, as relativistic ones do, is known by being the only pass at its step.
    """
    graph: set[int] = set()
    plain: set[int] = set()
    for call in scored:
        (graph if call.origin is not None else plain).update(task for task in call.slopes if task in passes)
    only_graph, both = graph - plain, graph & plain
    silent = {task for task in passes if task not in graph | plain and player in passes[task].gradients}
    if player == "discriminator":
        incomplete = bool(plain) and not any(_covers_both(scored, task) for task in plain)
        lone = {task for task in only_graph if passes[task].waited == 0} if incomplete else set()
        own = plain | lone | silent if plain else set()
    else:
        own = only_graph | silent | (both if not only_graph and not plain - both else set())
    return sorted(own), sorted(set(passes) - own)


def _covers_both(scored: Sequence[Scored], task: int) -> bool:
    """Whether a pass went through two batches at least, so that its loss had both sides."""
    return sum(task in call.slopes for call in scored) > 1


def _concerns(call: Scored, own: Sequence[int], player: str) -> bool:
    learned = any(task in call.slopes for task in own)
    return learned or (player == "discriminator" and bool(call.penalties) and not call.done)


def _without_first_order(calls: Iterable[Scored], passes: Set[int]) -> None:
    """A pass that reaches weights leaves gradients at its samples too; only those of other passes are penalties'."""
    for call in calls:
        for task in [task for task, slope in call.penalties.items() if task in passes and not slope.differentiable]:
            del call.penalties[task]


def _added(total: Tensor | None, gradient: Tensor) -> Tensor | None:
    if not gradient.numel():
        return total
    return gradient if total is None else total + gradient


def _on_step(steps: "weakref.ref[Steps]", what: str) -> Callable[[Optimizer, Any, Any], None]:
    def hook(optimizer: Optimizer, _args: Any, _kwargs: Any) -> None:
        if (here := steps()) is not None:
            here.guarded(what, optimizer)

    return hook
