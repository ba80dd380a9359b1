"""Our own Adam is Adam: for every shape, on every processor, in PyTorch's own state, and in a run."""

import pytest
import torch
from torch import nn

from equipoise.training.fused import EagerEngine, FusedEngine, adam, engine_for, native
from equipoise.training.fused.adam import adam_kernel, adam_step, fits
from equipoise.training.manner import Manner
from equipoise.training.plan import Budget

SHAPES = [(40, 33), (16,), (7,), (), (1, 250)]
RULE = {"lr": 0.03, "betas": (0.5, 0.99), "eps": 1e-4}


def no_fallback(line):
    raise AssertionError(line)


def weights(dtype=torch.float32, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return [nn.Parameter(torch.randn(shape, generator=rng).to(dtype)) for shape in SHAPES]


def give_gradients(parameters, seed):
    rng = torch.Generator().manual_seed(seed)
    for parameter in parameters:
        parameter.grad = torch.randn(parameter.shape, generator=rng).to(parameter.dtype)


def descended(parameters, optimizer, steps, step):
    for seed in steps:
        give_gradients(parameters, seed)
        step(optimizer)
    return parameters


def torchs(optimizer):
    optimizer.step()


def in_float64(steps, **rule):
    """PyTorch's plain Adam, one tensor after the other."""
    exact = weights(torch.float64)
    return descended(exact, torch.optim.Adam(exact, **{**RULE, **rule}, foreach=False, fused=False), steps, torchs)


def assert_near(found, expected):
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.double(), other, rtol=2e-6, atol=2e-6)


@pytest.mark.usefixtures("instructions")
@pytest.mark.parametrize("betas", [(0.5, 0.99), (0.0, 0.9)])
def test_it_is_adam_in_float64_for_any_number_of_threads(betas):
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            ours = weights()
            found.append(descended(ours, torch.optim.Adam(ours, **{**RULE, "betas": betas}), range(6), adam_step))
    finally:
        torch.set_num_threads(before)
    assert_near(found[0], in_float64(range(6), betas=betas))
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_the_state_is_pytorchs_and_either_goes_on_where_the_other_stopped():
    ours = weights()
    first = torch.optim.Adam(ours, **RULE, fused=True)
    descended(ours, first, (0, 1), adam_step)
    descended(ours, first, (2,), torchs)
    second = torch.optim.Adam(ours, **RULE, fused=True)
    second.load_state_dict(first.state_dict())
    descended(ours, second, (3, 4), adam_step)
    assert_near(ours, in_float64(range(5)))
    theirs = weights()
    reference = torch.optim.Adam(theirs, **RULE, fused=True)
    descended(theirs, reference, range(5), torchs)
    for mine, other in zip(ours, theirs, strict=True):
        state, expected = second.state[mine], reference.state[other]
        assert list(state) == list(expected)
        assert all(state[slot].dtype == expected[slot].dtype for slot in state)
        assert state["step"] == expected["step"] == 5


def test_a_rate_that_changes_is_followed_and_groups_have_their_own():
    ours, exact = weights(), weights(torch.float64)
    for parameters, step in ((ours, adam_step), (exact, torchs)):
        groups = [{"params": parameters[:2], "lr": 0.1}, {"params": parameters[2:]}]
        optimizer = torch.optim.Adam(groups, **RULE)
        for rate in (0.1, 0.01):
            optimizer.param_groups[0]["lr"] = rate
            descended(parameters, optimizer, (1,), step)
    assert_near(ours, exact)


def test_a_parameter_without_a_gradient_is_passed_over():
    ours = weights()
    optimizer = torch.optim.Adam(ours, **RULE)
    before = ours[0].detach().clone()
    give_gradients(ours, 0)
    ours[0].grad = None
    adam_step(optimizer)
    assert torch.equal(ours[0], before)
    assert ours[0] not in optimizer.state
    assert ours[1] in optimizer.state


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda p: torch.optim.Adam(p), True),
        (lambda p: torch.optim.Adam(p, weight_decay=0.1), False),
        (lambda p: torch.optim.Adam(p, amsgrad=True), False),
        (lambda p: torch.optim.Adam(p, maximize=True), False),
        (lambda p: torch.optim.Adam(p, lr=torch.tensor(0.1)), False),
        (lambda p: torch.optim.AdamW(p, weight_decay=0.0), False),
        (lambda p: torch.optim.RMSprop(p), False),
        (lambda p: torch.optim.Adam([q.detach().double() for q in p]), False),
        (lambda p: torch.optim.Adam([torch.zeros(4, 6).t()]), False),
    ],
)
def test_only_plain_adam_fits(make, expected):
    assert fits(make(weights())) is expected


# ---- in a run


@pytest.fixture
def _nothing_built(monkeypatch, tmp_path):
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    monkeypatch.setattr(native.shutil, "which", lambda _: None)
    adam_kernel.cache_clear()
    yield
    adam_kernel.cache_clear()


def engine_of(kit, **settings):
    state, said = kit.state_of(*kit.pair("mlp"), kind=settings.pop("optimizer", "adam")), []
    game, real = kit.game_of("non_saturating"), kit.real_like(state.generator)
    return engine_for(state, game, real, budget=Budget(images=64), say=said.append, **settings), said


def test_a_graph_gets_it_where_both_players_have_adam(kit):
    assert engine_of(kit, choice="fused")[0].manner.adam
    assert not engine_of(kit, choice="fused", optimizer="rmsprop")[0].manner.adam
    assert not engine_of(kit, choice="eager")[0].manner.adam


@pytest.mark.usefixtures("_nothing_built")
def test_without_a_compiler_it_is_not_taken_and_a_run_that_had_it_goes_on_eagerly(kit):
    assert not engine_of(kit, choice="fused")[0].manner.adam
    engine, said = engine_of(kit, kept=Manner(kind="fused", adam=True))
    assert isinstance(engine, EagerEngine)
    assert all("is not fused: there is no C++ compiler" in line for line in said)
    assert len(said) == 2


@pytest.mark.parametrize("rules", [{}, {"micro_batches": 2}, {"clip_bound": 0.02}])
def test_a_run_with_it_is_the_run_with_pytorchs(kit, rules, monkeypatch):
    ours, theirs = kit.twins(*kit.pair("mlp layer norm"))  # batch norm leaves biases with gradients of rounding alone
    game, real = kit.game_of("wasserstein", **rules), kit.real_like(ours.generator)
    taken = []
    monkeypatch.setattr(adam, "_update", lambda *row, of=adam._update: taken.append(row) or of(*row))
    for state, manner in ((ours, Manner(kind="fused", adam=True)), (theirs, Manner(kind="fused"))):
        engine = FusedEngine(manner, say=no_fallback)
        for _ in range(3):
            engine.discriminator_step(state, game, real)
            engine.generator_step(state, game, real)
    assert len(taken) == 3 * sum(len(list(m.parameters())) for m in (ours.generator, ours.discriminator))
    for player in ("generator", "discriminator"):
        pairs = zip(getattr(ours, player).parameters(), getattr(theirs, player).parameters(), strict=True)
        assert all(torch.allclose(one, other, rtol=1e-4, atol=1e-5) for one, other in pairs)
