"""Which engine a run gets, and what the user is told of it."""

import pytest
import torch
from torch import nn

from equipoise.training.fused import EagerEngine, FusedEngine, choose, engine_for, worth
from equipoise.training.fused.worth import Work, work_left, worth_compiling, worth_tracing
from equipoise.training.manner import EAGER, Manner
from equipoise.training.plan import Budget

SHORT = Budget(images=64)
LONG = Budget(images=10**9)


def chosen(kit, *, budget=LONG, discriminator=None, game=None, **settings):
    generator, built = kit.pair("mlp")
    state, said = kit.state_of(generator, discriminator or built), []
    game = game or kit.game_of("wasserstein", "gradient_penalty")
    engine = engine_for(state, game, kit.real_like(generator), budget=budget, say=said.append, **settings)
    return engine, said, state


def test_auto_stays_eager_in_a_run_too_short_to_earn_a_graph_back(kit):
    engine, said, _ = chosen(kit, budget=SHORT)
    assert isinstance(engine, EagerEngine)
    assert engine.manner == Manner(one_pass=True)
    assert said == []


def test_auto_fuses_a_run_that_earns_a_graph_back_and_says_what_it_took(kit, monkeypatch):
    monkeypatch.setattr(choose, "worth_compiling", lambda *_, **__: False)
    engine, said, _ = chosen(kit)
    assert isinstance(engine, FusedEngine)
    assert engine.manner.kind == "fused"
    assert len(said) == 1
    assert f"Steps fused into {engine.operations:,} operations and checked against the eager ones in " in said[0]


def test_auto_leaves_devices_alone_on_which_the_gain_was_not_measured(kit, monkeypatch):
    monkeypatch.setattr(choose, "MEASURED_ON", ())
    engine, said, _ = chosen(kit)
    assert engine.manner.kind == "eager"
    assert said == []


@pytest.mark.parametrize("choice", ["eager", "fused"])
def test_what_is_asked_for_is_had_however_short_the_run(kit, choice):
    engine, _, _ = chosen(kit, budget=SHORT, choice=choice)
    assert engine.manner.kind == choice


def test_a_resumed_run_goes_on_in_the_manner_that_it_began_with(kit):
    began = Manner(kind="fused", one_pass=False, onednn=True)
    engine, _, _ = chosen(kit, budget=SHORT, choice="eager", kept=began)
    assert engine.manner == began
    engine, _, _ = chosen(kit, choice="fused", kept=EAGER)
    assert engine.manner == EAGER


def test_choosing_changes_neither_the_state_nor_its_random_streams(kit, monkeypatch):
    monkeypatch.setattr(choose, "worth_compiling", lambda *_, **__: False)
    torch.manual_seed(7)
    _, _, state = chosen(kit, discriminator=kit.pair("mlp dropout")[1])
    drawn = torch.rand(3)
    torch.manual_seed(7)
    untouched = kit.state_of(kit.pair("mlp")[0], kit.pair("mlp dropout")[1])
    assert torch.equal(drawn, torch.rand(3))
    assert torch.equal(state.rng.get_state(), untouched.rng.get_state())
    for player in ("generator", "discriminator"):
        found, expected = getattr(state, player).state_dict(), getattr(untouched, player).state_dict()
        assert all(torch.equal(found[name], expected[name]) for name in expected)
        assert all(parameter.grad is None for parameter in getattr(state, player).parameters())


@pytest.mark.parametrize(
    ("pair", "faster", "kind"),
    [("made of them", True, "fused"), ("made of them", False, "eager"), ("without them", True, "eager")],
)
def test_a_run_earns_a_graph_sooner_where_convolutions_take_fewer_multiplications(kit, monkeypatch, pair, faster, kind):
    monkeypatch.setattr(choose, "_work_ahead", lambda *_, **__: Work(cycle_seconds=1.0, cycles=100.0))
    monkeypatch.setattr(choose, "tracing_seconds", lambda *_: 6.0)  # 132 cycles earn it back at 1.1 times as fast
    monkeypatch.setattr(choose, "SECONDS_TO_BUILD_ADAM", 0.0)
    monkeypatch.setattr(choose, "SECONDS_TO_BUILD", 0.0)  # and 96 at 1.5, with 10 cycles more to check
    monkeypatch.setattr(choose, "winograd_is_faster", lambda: faster)
    players = kit.fitting_pair(nn.ReLU) if pair == "made of them" else kit.pair("dcgan")
    real, game = kit.real_like(players[0]), kit.game_of("non_saturating")
    engine = engine_for(kit.state_of(*players), game, real, budget=LONG, say=lambda _: None)
    assert engine.manner.kind == kind
    assert engine.manner.winograd == (kind == "fused")


def test_a_single_such_convolution_in_large_networks_earns_nothing(kit):
    discriminator = nn.Sequential(
        nn.Conv2d(32, 32, 4, 2, 1), nn.Flatten(), nn.Linear(32 * 16 * 16, 64), nn.Linear(64, 1)
    )
    state = kit.state_of(kit.pair("mlp")[0], discriminator)
    assert choose._gain(state, winograd=True) == worth.GRAPH_GAIN
    assert choose._gain(kit.state_of(*kit.fitting_pair(nn.ReLU)), winograd=True) == worth.WINOGRAD_GAIN


def test_auto_does_not_compile_what_consists_of_convolutions(kit, monkeypatch):
    monkeypatch.setattr(choose, "_work_ahead", lambda *_, **__: Work(cycle_seconds=1.0, cycles=1e6))
    monkeypatch.setattr(choose, "winograd_is_faster", lambda: False)
    players = kit.pair("dcgan")
    engine = engine_for(
        kit.state_of(*players),
        kit.game_of("non_saturating"),
        kit.real_like(players[0]),
        budget=LONG,
        say=lambda _: None,
    )
    assert engine.manner.kind == "fused"
    assert choose._share(kit.state_of(*kit.pair("mlp")), choose._convolves) == 0.0


# ---- why a step stays eager


class Counting(nn.Module):
    """Runs another operation at each call."""

    def __init__(self):
        super().__init__()
        self.layer, self.calls = nn.Linear(2, 1), 0

    def forward(self, samples):
        self.calls += 1
        return self.layer(samples) * self.calls


class Looking(nn.Module):
    """Decides by the values of its samples."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, samples):
        return self.layer(samples if bool(samples.mean() > 0) else -samples)


class Sampling(nn.Module):
    """Draws by the values of its samples."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, samples):
        return self.layer(torch.bernoulli(torch.sigmoid(samples)) + samples)


class Hiding(nn.Module):
    """Keeps a tensor that is neither parameter nor buffer."""

    def __init__(self):
        super().__init__()
        self.layer, self.scale = nn.Linear(2, 1), torch.ones(2)

    def forward(self, samples):
        return self.layer(samples * self.scale)


class Making(nn.Module):
    """Makes a tensor of numbers in each call."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 1)

    def forward(self, samples):
        return self.layer(samples * torch.tensor([1.0, 2.0]))


def hooked():
    module = nn.Sequential(nn.Linear(2, 4), nn.LeakyReLU(), nn.Linear(4, 1))
    module[0].register_forward_hook(lambda *_: None)
    return module


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (Counting, "it runs other operations or other constants at its second call than at its first"),
        (Looking, "it cannot be traced ("),
        (Sampling, "it draws random numbers that depend on its data (aten.bernoulli.default)"),
        (Hiding, "`Hiding.scale` is a tensor, yet neither a parameter nor a buffer"),
        (Making, "a network makes tensors of numbers as it runs (torch.tensor); a buffer would do"),
        (hooked, "`0` has hooks, which a graph would not run"),
    ],
)
def test_a_module_that_cannot_be_fused_plays_eagerly_and_one_line_for_each_player_says_why(kit, module, reason):
    engine, said, state = chosen(kit, discriminator=module(), choice="fused")
    assert isinstance(engine, EagerEngine)
    assert [line.partition(" is not fused: ")[0] for line in said] == [
        "The generator's step",
        "The discriminator's step",
    ]
    assert all(reason in line and "\n" not in line for line in said)
    engine.discriminator_step(state, kit.game_of("wasserstein"), kit.real_like(state.generator))
    assert state.d_updates == 1


def test_without_a_compiler_the_step_stays_eager_and_says_so(kit, monkeypatch):
    def no_compiler(*_: object) -> None:
        raise RuntimeError("No C++ compiler found\nsecond line")

    monkeypatch.setattr(torch._inductor, "compile", no_compiler)
    engine, said, _ = chosen(kit, choice="compiled")
    assert engine.manner.kind == "eager"
    assert all("it cannot be compiled (RuntimeError: No C++ compiler found)" in line for line in said)


# ---- the reckoning


def test_what_is_left_is_the_nearer_limit_and_never_negative(kit):
    state = kit.state_of(*kit.pair("mlp"))
    state.images_seen, state.seconds = 400, 10.0
    left = work_left(Budget(images=1000), state, images_a_cycle=60, cycle_seconds=0.5)
    assert left == Work(cycle_seconds=0.5, cycles=10.0)
    assert work_left(Budget(images=1000, seconds=12.0), state, images_a_cycle=60, cycle_seconds=0.5).cycles == 4.0
    assert work_left(Budget(seconds=5.0), state, images_a_cycle=60, cycle_seconds=0.5).cycles == 0.0


def test_a_graph_is_worth_its_time_where_it_saves_several_times_as_much():
    assert Work(cycle_seconds=2.0, cycles=100.0).saved_by(1.25) == pytest.approx(40.0)
    for gain in (worth.GRAPH_GAIN, worth.WINOGRAD_GAIN):
        limit = worth.TIMES_OVER * 3.0 / (1 - 1 / gain)
        assert worth_tracing(Work(cycle_seconds=1.0, cycles=limit * 1.01), seconds=3.0, gain=gain)
        assert not worth_tracing(Work(cycle_seconds=1.0, cycles=limit * 0.99), seconds=3.0, gain=gain)


def test_compiling_is_worth_it_only_in_a_run_of_many_minutes():
    assert not worth_compiling(Work(cycle_seconds=0.01, cycles=6_000.0), operations=400)
    assert worth_compiling(Work(cycle_seconds=0.01, cycles=600_000.0), operations=400)
