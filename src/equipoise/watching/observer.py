"""Hears a loop, and looks at it: everything the watch knows comes from here."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils.hooks import RemovableHandle

from equipoise.core.facts import Facts
from equipoise.core.records import FactValue
from equipoise.probes import GameProbe, undisturbed
from equipoise.probes.inspect import initialisation_facts
from equipoise.watching.inspection import clip_bound, inspections
from equipoise.watching.ledger import Ledger
from equipoise.watching.look import (
    Readings,
    Reals,
    clip_signals,
    game_probe,
    movement_signals,
    objective_of,
    probabilities,
    probe_signals,
    score_signals,
)
from equipoise.watching.optimizers import optimizer_facts
from equipoise.watching.recorder import Recorder
from equipoise.watching.replay import Replay
from equipoise.watching.steps import Step, Steps
from equipoise.watching.wrappers import eager

UNPENALISED = 32
"""Steps of the discriminator without the penalty that its objective's name promises, before it counts as missing."""
THROWN = 0.2
"""|step| over |weights| from which a network is not the one that it was."""
STOPPED = 120
"""Steps of one player without one of the other, after both had moved, before the other counts as stopped. The first
rounds of the original WGAN take a hundred critic steps each."""
FRESH = 10
"""Steps of the loop within which the networks are as good as untrained."""


class Observer:
    """Hooks on both networks and on the optimisers, and what they have shown.

    `told` is what the objective's name stands for, `given` what the user knows; `trouble` is what could not be done.
    """

    def __init__(
        self, generator: nn.Module, discriminator: nn.Module, *, told: Facts, given: Facts, reals: Reals | None
    ) -> None:
        self.trouble: dict[str, str] = {}
        self._told, self._given, self._reals = told, given, reals
        self._learned: dict[str, FactValue] = {}
        self._inspected: dict[str, FactValue] | None = None
        self._movements: dict[str, list[float]] = {"generator": [], "discriminator": []}
        self._last_moved: dict[str, tuple[int, int]] = {}
        self._probe: GameProbe | None = None
        here = weakref.ref(self)
        self._networks = (generator, discriminator)
        self._ledger = Ledger()
        self._began = self._beginning()
        self._recorder = Recorder(generator, discriminator, _complaint(here))
        self._steps = Steps(generator, discriminator, self._recorder, _noting(here), _complaint(here))

    @property
    def handles(self) -> list[RemovableHandle]:
        """Every hook."""
        return [*self._recorder.handles, *self._steps.handles]

    @property
    def taken(self) -> tuple[int, int]:
        """Steps of the generator and of the discriminator."""
        return self._steps.sides["generator"].taken, self._steps.sides["discriminator"].taken

    @property
    def facts(self) -> Facts:
        """What the objective's name stands for, what was seen, and, before all, what was given."""
        seen = {**self._began, **(self._inspected or {}), **self._learned}
        objective = self._told.choice("objective")
        if objective is not None and (objective, seen.get("objective")) != ("non_saturating", "minimax"):
            seen["objective"] = objective  # but whoever says `gan` may mean either form of the generator's loss
        return self._told.joined(seen).joined(self._given)

    def listen(self) -> None:
        """Hear the loop from now on."""
        self._recorder.open = True
        self._steps.opened()
        self._measure()

    def rest(self) -> None:
        """Hear nothing, and let go of every batch."""
        self._recorder.open = False
        self._recorder.forget()
        self._ledger.forget()

    def note(self, step: Step) -> None:
        """A player took a step."""
        self._ledger.note(step)

    def clarify(self, *, real: Tensor | None, fake: Tensor | None) -> None:
        """The loop's own batches of this round."""
        if self._recorder.open:
            self._ledger.clarify(real=real, fake=fake)

    def look(self, at: int, *, measure: bool) -> Readings:
        """Bring the facts up to date and, where wanted, measure; `at` counts the loop's steps."""
        with self.guarded("read what the loop showed"):
            self._learned = self._ledger.told() | self._of_optimizers()
        replay = self._replay()
        signals: Readings = {}
        with self.guarded("look by itself"), self._alone():
            if replay is not None:
                self._inspect(replay, fresh=at <= FRESH and self._hardly_moved())
            if measure:
                self._signals(replay, signals)
        self._measure()
        return signals

    def notes(self, at: int) -> Iterator[str]:
        """What the reader of the findings should know of how they came about."""
        if at and not any(self._recorder.seen.values()):
            yield (
                "neither network was seen at work. Give the modules that the loop calls, and call them as "
                "`generator(latents)`, not by a method of theirs."
            )
        if self._ledger.counts["unknown"]:
            yield (
                "reals and fakes could not be told apart where both are altered before the discriminator sees them, so "
                "what needs to know was left out: pass the batches, `step(real=..., fake=...)`."
            )
        if self._probe is not None and self._reals is None:
            yield (
                "the reals that were measured are training samples: pass `real=` with samples that are set aside to "
                "learn whether the discriminator knows its samples by heart."
            )
        if at > FRESH and objective_of(self.facts) is None:
            yield "the objective is not known, so the game was not measured: pass `objective=`."
        for purpose, reason in self.trouble.items():
            yield f"watch could not {purpose} because {reason}"

    @contextmanager
    def guarded(self, purpose: str) -> Iterator[None]:
        """Nothing that goes wrong here may reach the loop; it is told in the report."""
        try:
            yield
        except Exception as error:
            self.complain(purpose, error)

    def complain(self, purpose: str, error: Exception) -> None:
        """Note what could not be done; the first reason for each purpose is kept."""
        first = (str(error).splitlines() or [""])[0]
        self.trouble.setdefault(purpose, f"{type(error).__name__}: {first}")

    def _hardly_moved(self) -> bool:
        """Steps so large that they make the networks something else say nothing of how these began."""
        return max((*self._movements["generator"], *self._movements["discriminator"]), default=0.0) < THROWN

    def _beginning(self) -> dict[str, FactValue]:
        """How weights begin: a few steps later equal ones are no longer equal. Lazy ones have no values yet."""
        modules = [eager(module) for module in self._networks]
        if any(is_lazy(parameter) for module in modules for parameter in module.parameters()):
            return {}
        with self.guarded("see how weights begin"):
            return initialisation_facts(*modules)
        return {}

    def _measure(self) -> None:
        for side in self._steps.sides.values():
            side.measure = True

    def _of_optimizers(self) -> dict[str, FactValue]:
        sides = self._steps.sides
        for side in sides.values():
            if side.update is not None:
                self._movements[side.name].append(float(side.update))
                side.update = None
        facts = optimizer_facts(sides, self._movements) | self._stopped()
        claimed = self._told.choice("penalty") not in (None, "none")
        if claimed and not self._ledger.counts["penalised"] and self._ledger.counts["unpenalised"] >= UNPENALISED:
            facts["penalty_in_loss"] = False
        return facts

    def _stopped(self) -> dict[str, FactValue]:
        """A player that took its steps once and takes none any more, while the other goes on."""
        taken = dict(zip(("generator", "discriminator"), self.taken, strict=True))
        facts: dict[str, FactValue] = {}
        for player, own in taken.items():
            others = sum(taken.values()) - own
            before, others_then = self._last_moved.get(player, (0, 0))
            if own > before:
                self._last_moved[player] = (own, others)
            elif own and others - others_then >= STOPPED:
                facts[f"{player}_moves"] = False
        return facts

    def _replay(self) -> Replay | None:
        """The loop's calls, None if no real batch or no generated one was recognised."""
        ledger = self._ledger
        if ledger.real is None or not ledger.latents:
            return None
        part = ledger.real[0]
        scored = replace(part.call, samples=part.samples, labels=part.labels, scores=part.scores)
        generator, discriminator = map(eager, self._networks)
        return Replay(
            generator=generator,
            discriminator=discriminator,
            made=ledger.latents[-1],
            scored=scored,
            probabilities=probabilities(self.facts),
        )

    def _inspect(self, replay: Replay, *, fresh: bool) -> None:
        """Once, on the first batches."""
        if self._inspected is not None:
            return
        self._inspected = {}
        latents = torch.cat([made.latents for made in self._ledger.latents])
        for purpose, task in inspections(replay, latents, fresh=fresh):
            with self.guarded(purpose):
                self._inspected |= task()

    def _signals(self, replay: Replay | None, signals: Readings) -> None:
        with self.guarded("read the scores of the loop"):
            signals |= score_signals(self._ledger, self.facts)
        signals |= movement_signals({name: moved[-1] for name, moved in self._movements.items() if moved})
        if replay is None:
            return
        with self.guarded("see whether weights are clipped"):
            bound = clip_bound(replay.discriminator)
            if bound is not None:
                self._learned["clip_value"] = bound
            signals |= clip_signals(replay, bound)
        with self.guarded("measure the game"):
            self._probe = self._probe or game_probe(self._ledger, self.facts, self._reals)
            if self._probe is not None:
                measured = probe_signals(self._probe, replay, self._ledger)
                signals |= {name: value for name, value in measured.items() if name not in signals}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Our own passes: unheard, undisturbed, in full precision, and with gradients whatever surrounds the call."""
        with ExitStack() as stack:
            stack.enter_context(self._recorder.muted())
            stack.enter_context(torch.inference_mode(False))
            for device in {parameter.device.type for module in self._networks for parameter in module.parameters()}:
                stack.enter_context(torch.autocast(device, enabled=False))
            stack.enter_context(undisturbed([eager(module) for module in self._networks]))
            yield


def _noting(observer: "weakref.ref[Observer]") -> Callable[[Step], None]:
    def note(step: Step) -> None:
        if (here := observer()) is not None:
            here.note(step)

    return note


def _complaint(observer: "weakref.ref[Observer]") -> Callable[[str, Exception], None]:
    def complain(purpose: str, error: Exception) -> None:
        if (here := observer()) is not None:
            here.complain(purpose, error)

    return complain
