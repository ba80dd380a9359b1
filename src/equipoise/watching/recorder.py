"""Listening to both networks through hooks: every batch made and scored, every gradient at a score.

Nothing is kept that holds a graph, and nothing is kept at all while nobody looks.
"""

import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import Node
from torch.utils.hooks import RemovableHandle

from equipoise.watching.calls import Made, PenaltySlope, Scored, argument, form_of, samples_of, score_of
from equipoise.watching.wrappers import called_module

MADE, SCORED, PASSES = 24, 96, 96
"""How much is kept at most while both players are awaited."""
_MARK = "equipoise generated batch"
_DEEPEST = 4000
Complain = Callable[[str, Exception], None]


@dataclass(slots=True, eq=False)
class Backward:
    """One backward pass that reached weights: whose, and what it added to the one weight of each that is followed."""

    gradients: dict[str, Tensor] = field(default_factory=dict)
    waited: int = 0
    """Steps of players that did not follow it."""


def followed_weights(module: nn.Module) -> list[nn.Parameter]:
    """The smallest matrix, whose gradients are compared, and the first and last, which tell that a pass came by."""
    trainable = [p for p in module.parameters() if p.requires_grad]
    matrices = [p for p in trainable if p.ndim >= 2 and min(p.shape[:2]) > 0] or trainable
    if not matrices:
        return []
    smallest = min(matrices, key=lambda p: (p.numel() < 16, p.numel()))
    return [smallest, *(p for p in (trainable[0], trainable[-1]) if p is not smallest)]


class Recorder:
    """Holds what was seen since the last step of each player. `open` is whether it is listening."""

    def __init__(self, generator: nn.Module, discriminator: nn.Module, complain: Complain) -> None:
        self.open = False
        self.made: deque[Made] = deque(maxlen=MADE)
        self.scored: deque[Scored] = deque(maxlen=SCORED)
        self.passes: dict[int, Backward] = {}
        self.seen = {"generator": 0, "discriminator": 0}
        self._complain = complain
        self._muted = False
        self.handles: list[RemovableHandle] = []
        here = weakref.ref(self)
        for player, module in (("generator", generator), ("discriminator", discriminator)):
            called = called_module(module)
            self.handles.append(called.register_forward_hook(_OnCall(here, called, player), with_kwargs=True))
            for place, weight in enumerate(followed_weights(module)):
                self.handles.append(weight.register_hook(_on_gradient(here, player, keep=place == 0)))

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Our own calls of the networks are not the loop's."""
        before, self._muted = self._muted, True
        try:
            yield
        finally:
            self._muted = before

    @property
    def listening(self) -> bool:
        """Whether what happens now belongs to the loop and is wanted."""
        return self.open and not self._muted

    def forget(self) -> None:
        """Let go of every tensor."""
        self.made.clear()
        self.scored.clear()
        self.passes.clear()

    def note_call(self, player: str, module: nn.Module, args: tuple[Any, ...], kwargs: Any, output: Any) -> None:
        """One forward pass of the loop's."""
        try:
            self.seen[player] += 1
            if player == "generator":
                self._generated(module, args, kwargs, output)
            elif torch.is_grad_enabled():
                self._judged(module, args, kwargs, output)
        except Exception as error:
            self._complain(f"read a call of the {player}", error)

    def note_gradient(self, player: str, gradient: Tensor, *, keep: bool) -> None:
        """A backward pass reached the weights of a player."""
        try:
            passed = self.passes.setdefault(_current_pass(), Backward())
            if keep:
                passed.gradients[player] = gradient.detach().clone()
            else:
                passed.gradients.setdefault(player, gradient.new_empty(0))
            while len(self.passes) > PASSES:
                del self.passes[next(iter(self.passes))]
        except Exception as error:
            self._complain(f"read a gradient of the {player}", error)

    def _generated(self, module: nn.Module, args: tuple[Any, ...], kwargs: Any, output: Any) -> None:
        form, samples = form_of(args, kwargs), samples_of(output)
        if form is None or samples is None:
            return
        number = self.seen["generator"]
        labels = argument(form.labels, args, kwargs)
        self.made.append(
            Made(
                number=number,
                latents=argument(form.batch, args, kwargs).detach().clone(),  # some loops refill one tensor
                labels=None if labels is None else labels.detach().clone(),
                samples=samples.detach(),
                form=form,
                training=module.training,
            )
        )
        if samples.grad_fn is not None:
            _notes(samples.grad_fn)[_MARK] = number

    def _judged(self, module: nn.Module, args: tuple[Any, ...], kwargs: Any, output: Any) -> None:
        form, scores = form_of(args, kwargs), score_of(output)
        if form is None or scores is None or not scores.requires_grad:
            return
        samples, labels = argument(form.batch, args, kwargs), argument(form.labels, args, kwargs)
        if scores.shape == samples.shape and scores.ndim > 2:
            return  # an autoencoder's output is no score
        call = Scored(
            samples=samples.detach(),
            labels=None if labels is None else labels.detach(),
            scores=scores.detach().clone(),
            form=form,
            training=module.training,
            origin=_origin(samples),
            leaf=samples.is_leaf,
        )
        self.scored.append(call)
        scores.register_hook(_on_slope(weakref.ref(self), call))
        if samples.requires_grad:
            samples.register_hook(_on_input_slope(weakref.ref(self), call))

    def note_slope(self, call: Scored, gradient: Tensor) -> None:
        """A backward pass, or a penalty's own gradient, went through scores."""
        try:
            call.slopes[_current_pass()] = gradient.detach().clone()
        except Exception as error:
            self._complain("read a gradient at the scores", error)

    def note_input_slope(self, call: Scored, gradient: Tensor) -> None:
        """A gradient arrived at what the discriminator was given."""
        try:
            slope = PenaltySlope(gradient=gradient.detach(), differentiable=gradient.requires_grad)
            call.penalties[_current_pass()] = slope
            if gradient.requires_grad:
                gradient.register_hook(_on_pull(weakref.ref(self), slope))
        except Exception as error:
            self._complain("read a gradient at the samples", error)


class _OnCall:
    """A forward hook that a copy or a pickle of the module takes along without effect."""

    def __init__(self, recorder: "weakref.ref[Recorder]", module: nn.Module, player: str) -> None:
        self._recorder, self._module, self._player = recorder, weakref.ref(module), player

    def __call__(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        if torch.compiler.is_compiling() or torch._C._is_tracing() or module is not self._module():
            return
        if (here := self._recorder()) is not None and here.listening:
            here.note_call(self._player, module, args, kwargs, output)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_silent, ())


def _silent() -> Callable[..., None]:
    return _nothing


def _nothing(*_: Any) -> None:
    return None


def _on_gradient(recorder: "weakref.ref[Recorder]", player: str, *, keep: bool) -> Callable[[Tensor], None]:
    def hook(gradient: Tensor) -> None:
        if (here := recorder()) is not None and here.listening:
            here.note_gradient(player, gradient, keep=keep)

    return hook


def _on_slope(recorder: "weakref.ref[Recorder]", call: Scored) -> Callable[[Tensor], None]:
    def hook(gradient: Tensor) -> None:
        if (here := recorder()) is not None and here.listening:
            here.note_slope(call, gradient)

    return hook


def _on_input_slope(recorder: "weakref.ref[Recorder]", call: Scored) -> Callable[[Tensor], None]:
    def hook(gradient: Tensor) -> None:
        if (here := recorder()) is not None and here.listening:
            here.note_input_slope(call, gradient)

    return hook


def _on_pull(recorder: "weakref.ref[Recorder]", slope: PenaltySlope) -> Callable[[Tensor], None]:
    def hook(gradient: Tensor) -> None:
        if (here := recorder()) is not None and here.listening:
            pull = gradient.detach().clone()
            slope.pull = pull if slope.pull is None else slope.pull + pull

    return hook


def _current_pass() -> int:
    """The number of the backward pass that runs now; hooks of one pass share it."""
    return torch._C._current_graph_task_id()


def _notes(node: Node) -> dict[Any, Any]:
    """What PyTorch lets anybody write on a node of a graph."""
    notes: dict[Any, Any] = node.metadata  # type: ignore[assignment]  # a property, though declared as a method
    return notes


def _origin(samples: Tensor) -> int | None:
    """The number of the generated batch that the graph of `samples` leads to, None if it leads to none."""
    waiting: list[Node | None] = [samples.grad_fn]
    passed: set[Node] = set()
    while waiting and len(passed) < _DEEPEST:
        node = waiting.pop()
        if node is None or node in passed:
            continue
        passed.add(node)
        if (number := _notes(node).get(_MARK)) is not None:
            return int(number)
        waiting += [parent for parent, _ in node.next_functions]
    return None
