"""The check sees a graph that is wrong, however it is wrong; and the step it refuses is played eagerly."""

from dataclasses import dataclass

import pytest
import torch

from equipoise.constraints import PenaltyTerm, constraint
from equipoise.constraints.penalty import PenaltyReading
from equipoise.objectives import objective
from equipoise.training.fused import EagerEngine, FusedEngine, prepare
from equipoise.training.fused.check import disagreement, largest_error
from equipoise.training.fused.graphs import StepGraph, Turn
from equipoise.training.fused.trace import copied
from equipoise.training.game import Game
from equipoise.training.manner import Manner


@dataclass(frozen=True, kw_only=True, slots=True)
class Faint:
    """A gradient penalty so small that its share drowns in the tolerance for the whole gradient."""

    name: str = "faint"

    def __call__(self, score, *, real, fake, rng):
        reading = constraint("gradient_penalty")(score, real=real, fake=fake, rng=rng)
        return PenaltyReading(values=1e-5 * reading.values, gradient_norms=reading.gradient_norms)


def step_and_inputs(kit, *, penalty=None, player="discriminator"):
    generator, discriminator = kit.pair("mlp")
    state = kit.state_of(generator, discriminator)
    terms = (PenaltyTerm(penalty=penalty, weight=1.0),) if penalty else ()
    game = Game(objective=objective("wasserstein"), latent_dim=3, penalties=terms)
    turn = Turn(player=player, game=game, one_pass=False, due=(True,) * len(terms))
    step = StepGraph(turn, state, kit.real_like(generator))
    bare = step.inputs(kit.real_like(generator), [torch.tensor(w) for w in turn.weights(game)], ())
    return step, [*bare, *step.note(bare)]


def without_penalties(step, inputs):
    """As a compiler that drops the second derivative: loss and record are right, the weights never hear of it."""

    def run(*given):
        silent = list(given)
        for position in step.weight_positions(inputs):
            silent[position] = torch.zeros_like(given[position])
        count = len(step.parameters)
        return [*step.told(*copied(silent))[:count], *step.told(*given)[count:]]

    return run


def test_the_eager_step_agrees_with_itself(kit):
    step, inputs = step_and_inputs(kit, penalty=constraint("gradient_penalty"))
    assert disagreement(step, step.told, inputs) is None


def test_a_dropped_penalty_is_seen(kit):
    step, inputs = step_and_inputs(kit, penalty=constraint("gradient_penalty"))
    found = disagreement(step, without_penalties(step, inputs), inputs)
    assert found is not None
    assert "the fused step differs from the eager one by" in found


def test_a_dropped_penalty_is_seen_even_where_it_drowns_in_the_whole(kit):
    step, inputs = step_and_inputs(kit, penalty=Faint())
    found = disagreement(step, without_penalties(step, inputs), inputs)
    assert found is not None
    assert "the penalties do not reach the weights as in the eager step" in found


def test_a_wrong_sign_a_lost_gradient_and_a_nan_are_seen(kit):
    step, inputs = step_and_inputs(kit, player="generator")
    for wrong in (torch.neg, lambda _: None, lambda gradient: torch.full_like(gradient, torch.nan)):

        def run(*given, wrong=wrong):
            first, *rest = step.told(*given)
            return [wrong(first), *rest]

        assert disagreement(step, run, inputs) is not None


def test_a_buffer_left_as_it_was_is_seen(kit):
    step, inputs = step_and_inputs(kit, player="generator")  # its batch normalisation keeps running statistics

    def run(*given):
        return step.told(*(tensor.clone() for tensor in given))

    found = disagreement(step, run, inputs)
    assert found is not None
    assert found.startswith("in a buffer, ")


def test_errors_are_relative_by_tensor_and_none_hides_behind_a_larger_one():
    large, small = torch.full((4,), 100.0), torch.full((4,), 1.0)
    assert largest_error([large, small], [large, small]) == 0.0
    assert largest_error([large, small * 1.1], [large, small]) == pytest.approx(0.1, rel=1e-5)
    assert largest_error([large, None], [large, small]) == float("inf")
    assert largest_error([], []) == 0.0


def test_a_refused_graph_is_never_played(kit, monkeypatch):
    monkeypatch.setattr(prepare, "graph_of", lambda step, inputs, **_: _Dropping(step, inputs))
    monkeypatch.setattr(prepare, "has_fewer_multiplications", lambda _: False)
    (ours, theirs), said = kit.twins(*kit.pair("mlp")), []
    game, real = kit.game_of("wasserstein", "gradient_penalty"), kit.real_like(ours.generator)
    engine = FusedEngine(Manner(kind="fused"), say=said.append)
    for _ in range(2):
        engine.discriminator_step(ours, game, real)
        EagerEngine().discriminator_step(theirs, game, real)
    assert len(said) == 1
    assert said[0].startswith("The discriminator's step is not fused: the fused step differs from the eager one by")
    for a, b in zip(ours.discriminator.parameters(), theirs.discriminator.parameters(), strict=True):
        assert torch.equal(a, b)


class _Dropping:
    """What `graph_of` returns, as far as it is looked at."""

    def __init__(self, step, inputs):
        self._run = without_penalties(step, inputs)
        self.graph = self
        self.nodes = ()

    def __call__(self, *given):
        return self._run(*given)
