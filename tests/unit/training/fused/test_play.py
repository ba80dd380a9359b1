"""Whole games by graph: lazy penalties, micro-batches, clipping, frozen weights, other networks, many steps."""

import copy

import pytest
import torch
from torch import nn

from equipoise.core.steps import Batch
from equipoise.training.fused import EagerEngine, FusedEngine
from equipoise.training.fused.captured import captured
from equipoise.training.fused.check import largest_error
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.prepare import PreparedStep
from equipoise.training.manner import Manner


def no_fallback(line: str) -> None:
    raise AssertionError(line)


def fused(**manner) -> FusedEngine:
    return FusedEngine(Manner(kind="fused", **manner), say=no_fallback)


def played(engine, state, game, real, *, cycles: int):
    torch.manual_seed(5)
    for _ in range(cycles):
        for _ in range(game.d_steps):
            engine.discriminator_step(state, game, real)
        engine.generator_step(state, game, real)
    return [*state.generator.state_dict().values(), *state.discriminator.state_dict().values()]


def same_game(kit, pair, game, *, cycles=4, batch=4, one_pass=False, **settings) -> None:
    """After some cycles both engines have left the same weights, statistics and random streams."""
    generator, discriminator = pair
    theirs, ours = kit.twins(generator, discriminator, **settings)
    real = kit.real_like(generator, batch=batch)
    before = [tensor.clone() for tensor in (*generator.parameters(), *discriminator.parameters())]
    expected = played(EagerEngine(manner=Manner(one_pass=one_pass)), theirs, game, real, cycles=cycles)
    found = played(fused(one_pass=one_pass), ours, game, real, cycles=cycles)
    assert largest_error(found, expected) < 1e-8
    moved = zip(before, (*ours.generator.parameters(), *ours.discriminator.parameters()), strict=True)
    assert any(not torch.equal(a, b) for a, b in moved)
    assert torch.equal(theirs.rng.get_state(), ours.rng.get_state())
    assert (ours.d_updates, ours.g_updates, ours.images_seen) == (
        theirs.d_updates,
        theirs.g_updates,
        theirs.images_seen,
    )


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("one_pass", [False, True])
def test_penalties_that_are_due_now_and_then(kit, one_pass):
    game = kit.game_of("non_saturating", "r1", every=3, d_steps=2)
    same_game(kit, kit.pair("mlp"), game, one_pass=one_pass)


@pytest.mark.usefixtures("float64")
def test_micro_batches_add_up(kit):
    game = kit.game_of("wasserstein", "gradient_penalty", micro_batches=2, mode_seeking_weight=0.3)
    same_game(kit, kit.pair("mlp layer norm"), game, batch=6)


@pytest.mark.usefixtures("float64")
def test_micro_batches_add_up_where_a_graph_reuses_its_memory(kit, monkeypatch):
    """As a captured CUDA graph does: each call overwrites the gradients of the call before."""
    make = PreparedStep.__init__

    def reusing(self, graph, run, **settings):
        memory = []

        def again(*inputs):
            outputs = run(*inputs)
            count = len(graph.parameters)
            memory[:] = memory or [tensor.clone() for tensor in outputs[:count]]
            for kept, tensor in zip(memory, outputs[:count], strict=True):
                kept.copy_(tensor)
            return [*memory, *outputs[count:]]

        make(self, graph, again, **settings)

    monkeypatch.setattr(PreparedStep, "__init__", reusing)
    game = kit.game_of("wasserstein", "gradient_penalty", micro_batches=3)
    same_game(kit, kit.pair("mlp layer norm"), game, batch=6)


@pytest.mark.usefixtures("float64")
def test_clipped_weights_stay_within_their_bound(kit):
    generator, discriminator = kit.pair("mlp")
    same_game(kit, (generator, discriminator), kit.game_of("wasserstein", clip_bound=0.05, d_steps=3))


@pytest.mark.usefixtures("float64")
def test_what_is_frozen_stays_and_gets_no_gradient(kit):
    generator, discriminator = kit.pair("mlp")
    first = next(discriminator.parameters()).requires_grad_(False)
    state = kit.state_of(generator, discriminator, kind="rmsprop")
    before = first.clone()
    game, real = kit.game_of("hinge", "r1"), kit.real_like(generator)
    played(fused(), state, game, real, cycles=2)
    assert torch.equal(first, before)
    assert first.grad is None
    same_game(kit, (generator, discriminator), game, kind="rmsprop")


@pytest.mark.usefixtures("float64")
def test_control_may_change_a_weight_at_any_time_without_a_new_graph(kit):
    generator, discriminator = kit.pair("mlp")
    theirs, ours = kit.twins(generator, discriminator)
    real, engine = kit.real_like(generator), fused()
    weak, strong = (kit.game_of("wasserstein", "gradient_penalty", weight=weight) for weight in (0.1, 50.0))
    for game in (weak, strong, weak):
        expected = played(EagerEngine(), theirs, game, real, cycles=1)
        assert largest_error(played(engine, ours, game, real, cycles=1), expected) < 1e-8
    assert len(engine._steps) == 2


@pytest.mark.parametrize("name", ["mlp", "mlp dropout"])
def test_what_is_drawn_is_to_the_bit_what_the_eager_step_draws(kit, name):
    theirs, ours = kit.twins(*kit.pair(name))
    game, real = kit.game_of("wasserstein", "gradient_penalty"), kit.real_like(theirs.generator)
    for engine, state in ((EagerEngine(), theirs), (fused(), ours)):
        played(engine, state, game, real, cycles=2)
    after_ours = torch.rand(4)
    played(EagerEngine(), theirs, game, real, cycles=2)
    assert torch.equal(after_ours, torch.rand(4))


# ---- networks of the user's own


class Residual(nn.Module):
    """A critic with a skip connection, a buffer that it counts in, and an operation of its own."""

    def __init__(self):
        super().__init__()
        self.enter, self.inner, self.leave = nn.Linear(2, 8), nn.Linear(8, 8), nn.Linear(8, 1)
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))

    def forward(self, samples):
        self.calls += 1
        hidden = nn.functional.gelu(self.enter(samples))
        hidden = hidden + torch.sin(self.inner(hidden)) * hidden.std(1, keepdim=True)
        return self.leave(hidden)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("name", ["wasserstein", "relativistic"])
def test_a_network_of_the_users_own(kit, name):
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(3, 8), nn.Softplus(), nn.Linear(8, 2))
    same_game(kit, (generator, Residual()), kit.game_of(name, "gradient_penalty", d_steps=2))


@pytest.mark.usefixtures("float64")
def test_tied_weights_gather_the_gradients_of_all_their_places(kit):
    torch.manual_seed(0)
    shared = nn.Linear(4, 4)
    critic = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), shared, nn.Tanh(), shared, nn.Linear(4, 1))
    same_game(kit, (kit.pair("mlp")[0], critic), kit.game_of("wasserstein", "gradient_penalty"))


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("player", [0, 1])
def test_a_player_whose_weights_lie_channels_last(kit, player):
    pair = kit.pair("dcgan")
    pair[player].to(memory_format=torch.channels_last)
    same_game(kit, pair, kit.game_of("wasserstein", "gradient_penalty"), cycles=2)


# ---- many steps


def ring(count: int, seed: int) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    angles = torch.randint(8, (count,), generator=rng) * torch.pi / 4
    centres = torch.stack([angles.cos(), angles.sin()], 1)
    return centres + 0.05 * torch.randn(count, 2, generator=rng)


def test_training_curves_agree(kit):
    """250 cycles on a ring of eight: the first ones agree to rounding, and both end as near to the data."""
    theirs, ours = kit.twins(*kit.pair("mlp"), learning_rate=2e-3)
    game = kit.game_of("wasserstein", "gradient_penalty", weight=1.0)
    curves: dict[str, list[float]] = {"eager": [], "fused": []}
    for name, engine, state in (("eager", EagerEngine(), theirs), ("fused", fused(), ours)):
        for _ in range(250):
            real = Batch(samples=ring(32, seed=state.images_seen))
            record = engine.discriminator_step(state, game, real)
            engine.generator_step(state, game, real)
            curves[name].append(float(record.loss))
    eager, graph = (torch.tensor(curve) for curve in curves.values())
    torch.testing.assert_close(graph[:20], eager[:20], rtol=1e-3, atol=1e-4)
    assert float((graph[-100:].mean() - eager[-100:].mean()).abs()) < 0.1 * float(eager.abs().max())


# ---- on a device


def test_what_cannot_be_captured_is_said_in_one_line(monkeypatch):
    def no_stream() -> None:
        raise RuntimeError("CUDA error: operation not permitted\nand more")

    monkeypatch.setattr(torch.cuda, "Stream", no_stream)
    with pytest.raises(UnsupportedStepError, match=r"^it cannot be captured as a CUDA graph \(CUDA error: operation"):
        captured(lambda *inputs: inputs, [torch.ones(1)], players=0, gradients=0)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("micro_batches", [1, 2])
def test_a_captured_step_is_the_eager_one(kit, micro_batches):
    generator, discriminator = kit.pair("mlp layer norm")
    real = Batch(samples=kit.real_like(generator).samples.cuda())
    game = kit.game_of("wasserstein", "gradient_penalty", micro_batches=micro_batches)
    ends = []
    for engine in (EagerEngine(), fused()):
        players = (copy.deepcopy(module).cuda() for module in (generator, discriminator))
        ends.append(played(engine, kit.state_of(*players, device="cuda:0"), game, real, cycles=3))
    assert largest_error(ends[1], ends[0]) < 1e-4
