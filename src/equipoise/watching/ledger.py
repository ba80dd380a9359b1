"""What the steps of both players have shown so far, turned into facts."""

from collections import Counter, deque
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from equipoise.core.records import FactValue
from equipoise.probes.active.recognise import family_of, objective_facts, sign_tests, signs_of_squares
from equipoise.probes.active.result import ProbeResult
from equipoise.probes.active.slopes import GameSlopes, Slopes, Values
from equipoise.watching.calls import Made
from equipoise.watching.kinship import AKIN, descends
from equipoise.watching.penalty import PenaltySeen, penalty_seen
from equipoise.watching.signs import at_the_same_scores, of_one_mind, signs_apart
from equipoise.watching.sorting import Kind, Part
from equipoise.watching.steps import Step

BANK = 192
Seen = tuple[Part, tuple[int, ...]]
TWICE = 2
"""How often something must be seen before it is called a mistake."""
_SIGNS = ("generator_sign_wrong", "discriminator_sign_wrong", "labels_swapped")
_WITH_TARGETS = ("bce", "bce_with_logits", "mse")
_EDGE = 0.05
_STEEPEST = 4.0
_STEADY = 0.01
_SPREAD = {"probability": 0.05, "score": 0.2}
"""Scores closer together than this do not tell one loss from another."""


class Ledger:
    """Takes in step after step. `real`, `fake` and `lesson` are the newest part of each kind, with its passes."""

    def __init__(self) -> None:
        self.real: Seen | None = None
        self.fake: Seen | None = None
        self.lesson: Seen | None = None
        self.penalty: PenaltySeen | None = None
        self.latents: deque[Made] = deque(maxlen=64)
        self.reals: deque[Part] = deque(maxlen=64)
        self.facts: dict[str, FactValue] = {}
        self.counts: Counter[str] = Counter()
        self.lowest, self.highest = float("inf"), float("-inf")
        self._unclear: list[Seen] = []
        self._even: deque[float] = deque(maxlen=8)

    def note(self, step: Step) -> None:
        """One step of a player."""
        self.counts[step.player] += 1
        self._gradients(step)
        if step.player == "discriminator":
            self._discriminator(step)
        else:
            self._generator(step)

    def clarify(self, *, real: Tensor | None, fake: Tensor | None) -> None:
        """This round's batches as the loop has them, before they were altered on the way to the discriminator."""
        both: dict[Kind, Tensor | None] = {"real": real, "fake": fake}
        batches = {kind: batch.detach() for kind, batch in both.items() if batch is not None}
        if not batches:
            return
        for part, backwards in list(self._unclear):
            akin = {kind: descends(part.samples, batch) for kind, batch in batches.items()}
            likest = max(akin, key=lambda kind: akin[kind])
            if akin[likest] > AKIN:
                self._unclear.remove((part, backwards))
                self.counts["unknown"] -= 1
                self._judged(replace(part, kind=likest), backwards)

    def forget(self) -> None:
        """Let go of the batches; what they have shown stays."""
        self.real = self.fake = self.lesson = None
        self._unclear.clear()

    def game(self) -> GameSlopes:
        """The slopes of the losses at the newest scores."""
        fake = _slopes(self.fake, self.real)
        return GameSlopes(real=_slopes(self.real, self.fake), fake=fake, generator=_slopes(self.lesson, self.real))

    def told(self) -> dict[str, FactValue]:
        """All facts that follow from what was seen."""
        if signs := self._signs():
            self.facts = {name: value for name, value in self.facts.items() if name not in _SIGNS} | signs
        self.facts |= self._losses()
        facts = dict(self.facts)
        if self.highest > self.lowest:
            facts |= {"data_min": self.lowest, "data_max": self.highest}
        if self.counts["fixed latents"] >= TWICE + 1:
            facts["latents_fixed"] = True
        return facts

    def _gradients(self, step: Step) -> None:
        """What stood in the gradients at the step."""
        self.counts[f"{step.player} {step.gradient}"] += 1
        wrong = {kind: self.counts[f"{step.player} {kind}"] >= TWICE for kind in ("foreign", "stale")}
        if step.player == "generator":
            if wrong["foreign"]:
                self.facts["generator_gradients_leak"] = True
            elif self.counts["generator own"] >= TWICE:
                self.facts.setdefault("generator_gradients_leak", False)
        elif wrong["foreign"]:
            self.facts["gradients_zeroed"] = False
        if wrong["stale"]:
            self.facts["gradients_zeroed"] = False
        if self.counts["generator own"] >= TWICE and self.counts["discriminator own"] >= TWICE:
            self.facts.setdefault("gradients_zeroed", True)

    def _discriminator(self, step: Step) -> None:
        if step.backwards:
            self.facts["fakes_detached"] = "generator" not in step.reached
        self._unclear.clear()
        for part in step.parts:
            if part.slopes(step.backwards) is not None:
                self._judged(part, step.backwards)
        penalty = penalty_seen(step.parts, _loss_scale(step))
        if penalty is not None:
            self.penalty = penalty
            self._penalty(penalty)
        self.counts["penalised" if penalty is not None else "unpenalised"] += 1

    def _judged(self, part: Part, backwards: tuple[int, ...]) -> None:
        if part.kind == "real":
            self.real = (part, backwards)
            self._data(part)
        elif part.kind == "fake":
            self.fake = (part, backwards)
        elif part.kind == "unknown":
            self._unclear.append((part, backwards))
            self.counts["unknown"] += 1

    def _penalty(self, penalty: PenaltySeen) -> None:
        facts = dict(penalty.facts)
        for name in ("penalty_in_loss", "penalty_reaches_weights"):  # a lazy penalty may be computed and left out once
            if facts.get(name) is False:
                self.counts[name] += 1
                if self.counts[name] < TWICE:
                    del facts[name]
        if self.facts.get("penalty") == "one_sided_gradient_penalty":
            facts.pop("penalty", None)  # it looks two-sided as long as all norms are above one
        if penalty.even is not None:
            self._even.append(penalty.even)
            if len(self._even) > TWICE and max(self._even) - min(self._even) > _STEADY * abs(max(self._even)):
                facts["penalty_norm"] = "whole_batch"
        self.facts |= facts

    def _generator(self, step: Step) -> None:
        for part in step.parts:
            if part.kind != "fake" or part.slopes(step.backwards) is None:
                continue
            self.lesson = (part, step.backwards)
            if part.made is not None:
                self._latents(part.made)

    def _latents(self, made: Made) -> None:
        last = self.latents[-1] if self.latents else None
        if last is not None and last.latents.shape == made.latents.shape:
            same = last is not made and torch.equal(last.latents, made.latents)
            self.counts["fixed latents"] = self.counts["fixed latents"] + 1 if same else 0
        if last is not made and sum(len(kept.latents) for kept in self.latents) < BANK:
            self.latents.append(made)

    def _data(self, part: Part) -> None:
        low, high = (value.item() for value in part.samples.aminmax())
        if low == low and high == high:
            self.lowest, self.highest = min(self.lowest, low), max(self.highest, high)
        if sum(len(kept.samples) for kept in self.reals) < BANK and (not self.reals or self.reals[-1] is not part):
            self.reals.append(part)
        if not part.scores.isfinite().all():
            self.facts["nan_seen"] = True

    def _signs(self) -> dict[str, FactValue]:
        """Which way either player pushes scores."""
        game = self.game()
        if game.real is None or game.fake is None or game.generator is None:
            return {}
        if family_of(game) == "mse" and not self._apart(game):
            return self._renamed(game, signs_of_squares(game))
        alike = at_the_same_scores(game.real, game.fake)
        if alike is None:
            return self._renamed(game, signs_apart(game.real, game.fake, game.generator))
        if not of_one_mind(*alike):
            return {}
        aligned = GameSlopes(real=alike[0], fake=alike[1], generator=game.generator)
        results = [result for result in sign_tests(aligned) if isinstance(result, ProbeResult)]
        return self._renamed(game, {name: value for result in results for name, value in result.facts.items()})

    def _renamed(self, game: GameSlopes, facts: dict[str, FactValue]) -> dict[str, FactValue]:
        """A discriminator's loss with targets that goes the wrong way has them exchanged."""
        if facts.pop("discriminator_sign_wrong", False) is True:
            facts["labels_swapped" if family_of(game) in _WITH_TARGETS else "discriminator_sign_wrong"] = True
        elif facts.get("generator_sign_wrong") is False:
            facts["discriminator_sign_wrong"] = False
        return facts

    def _losses(self) -> dict[str, FactValue]:
        game = self.game()
        if game.real is None or game.fake is None or not self._apart(game):
            return {}
        if self.facts.get("generator_sign_wrong"):
            return {}  # turned round, one loss looks like another
        told = objective_facts(game)
        # half precision blurs targets in the third decimal
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in told.items()}

    def _apart(self, game: GameSlopes) -> bool:
        """Whether scores reach far enough to tell losses apart; a hinge is a mean until it passes its margin."""
        known = [part for part in (game.real, game.fake) if part is not None]
        if family_of(game) == "wasserstein" and not _beyond_margins(game):
            return False
        return all(_apart(part) for part in known) or (family_of(game) == "wasserstein" and any(map(_apart, known)))


def _beyond_margins(game: GameSlopes) -> bool:
    real_beyond = game.real is not None and bool(game.real.scores.max() > 1.0 + _EDGE)
    return real_beyond or (game.fake is not None and bool(game.fake.scores.min() < -1.0 - _EDGE))


def _apart(part: Slopes) -> bool:
    scores = part.scores
    inside = bool(((scores > 0) & (scores < 1)).all())
    return bool(np.isfinite(scores).all() and np.ptp(scores) > _SPREAD["probability" if inside else "score"])


def _loss_scale(step: Step) -> float | None:
    """What the loss was multiplied by on the way, for mixed precision.

    A Wasserstein loss has the slope 1 at every real, so there it shows; others are taken as they are as long as their
    slopes are no larger than a loss of that kind can have.
    """
    reals = [part for part in step.parts if part.kind == "real"]
    slopes = [slope for part in reals if (slope := part.slopes(step.backwards)) is not None]
    if not slopes:
        return None
    each = np.abs(_flat(slopes[0])) * slopes[0].numel()
    if np.ptp(each) < 1e-3 * each.max():
        return float(each.mean())
    return 1.0 if each.max() < _STEEPEST else None


def _slopes(seen: Seen | None, other: Seen | None) -> Slopes | None:
    """Every score by itself, also those of a map of patches."""
    if seen is None or (slope := seen[0].slopes(seen[1])) is None:
        return None
    scores, partner = _flat(seen[0].scores), _flat(seen[0].scores if other is None else other[0].scores)
    return Slopes(scores, _flat(slope) * len(scores), partner if len(partner) == len(scores) else scores)


def _flat(values: Tensor) -> Values:
    return np.asarray(values.detach().double().flatten().cpu().numpy(), dtype=np.float64)
