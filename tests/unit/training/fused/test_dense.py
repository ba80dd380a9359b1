"""Our own products are the products: at every shape, however the matrices lie, on every processor, and in a step."""

import copy

import pytest
import torch
from torch import nn

from equipoise.core.steps import Batch
from equipoise.training.fused import EagerEngine, FusedEngine, choose, dense, engine_for, native, products
from equipoise.training.fused.check import largest_error
from equipoise.training.fused.dense import product_kernel
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import StepGraph, Turn, graph_of, without_weights
from equipoise.training.fused.products import Faster, faster_products
from equipoise.training.fused.trace import copied
from equipoise.training.manner import Manner
from equipoise.training.plan import Budget

product = torch.ops.equipoise.dense_product
SHAPES = [
    (64, 200, 130),
    (5, 7, 3),
    (33, 100, 50),
    (1, 1, 1),
    (70, 1500, 49),
    (17, 16, 16),
    (16, 2100, 40),
    (33, 301, 70),
]


def no_fallback(line):
    raise AssertionError(line)


def matrix(rows, columns, lies, rng):
    """By rows, by columns, or with gaps between all of its entries."""
    if lies == "gaps":
        return torch.randn(2 * rows, 3 * columns, generator=rng)[::2, ::3]
    by_rows = torch.randn(rows, columns, generator=rng)
    return by_rows if lies == "rows" else by_rows.t().contiguous().t()


@pytest.mark.usefixtures("instructions")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_it_is_the_product_for_any_number_of_threads(shape):
    rng, before = torch.Generator().manual_seed(0), torch.get_num_threads()
    rows, inner, columns = shape
    for left_lies in ("rows", "columns", "gaps"):
        for right_lies in ("rows", "columns", "gaps"):
            left, right = matrix(rows, inner, left_lies, rng), matrix(inner, columns, right_lies, rng)
            bias, found = torch.randn(columns, generator=rng), []
            try:
                for threads in (1, 2, 3):  # two make some products by halves of the terms
                    torch.set_num_threads(threads)
                    found.append((product(left, right, None), product(left, right, bias)))
            finally:
                torch.set_num_threads(before)
            expected = left.double() @ right.double()
            assert largest_error(found[0], (expected, expected + bias)) < 1e-6
            assert all(torch.equal(a, b) for more in found[1:] for a, b in zip(found[0], more, strict=True))


def smooth_pair():
    """Layers just large enough for products of our own, without kinks, at which gradients jump."""
    generator = nn.Sequential(nn.Linear(3, 300), nn.SiLU(), nn.Linear(300, 200), nn.Tanh())
    discriminator = nn.Sequential(
        nn.Linear(200, 300), nn.SiLU(), nn.Linear(300, 100), nn.SiLU(), nn.Linear(100, 1), nn.Flatten(0)
    )
    return generator, discriminator


def step_of(kit, pair, player, game, real):
    state = kit.state_of(*copy.deepcopy(pair))
    turn = Turn(player=player, game=without_weights(game), one_pass=True, due=(True,) * (player == "discriminator"))
    step = StepGraph(turn, state, real)
    bare = step.inputs(real, [torch.tensor(1.0, dtype=real.samples.dtype) for _ in turn.weights(turn.game)], ())
    return step, [*bare, *step.note(bare)]


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_step_with_it_is_the_eager_step_in_float64(kit, player, request):
    torch.manual_seed(0)
    pair, game = smooth_pair(), kit.game_of("non_saturating", "gradient_penalty")
    real = kit.real_like(pair[0], batch=70)
    step, inputs = step_of(kit, pair, player, game, real)
    graph = graph_of(step, copied(inputs), manner=Manner(kind="fused", dense=True))
    assert product.default in {node.target for node in graph.graph.nodes}
    with torch.no_grad():
        found = graph(*copied(inputs))
    doubled = tuple(module.double() for module in copy.deepcopy(pair))
    request.getfixturevalue("float64")  # from here on
    exact, _ = step_of(kit, doubled, player, game, Batch(samples=real.samples.double()))
    expected = exact.told(*(t.double() if t.is_floating_point() else t for t in copied(inputs)))
    assert largest_error(found, expected) < 1e-5


def test_a_run_in_this_manner_is_the_same_to_the_bit_each_time(kit):
    ours, again = kit.twins(*smooth_pair())
    game, real = kit.game_of("wasserstein", "gradient_penalty"), kit.real_like(ours.generator, batch=70)
    for state in (ours, again):
        torch.manual_seed(5)
        engine = FusedEngine(Manner(kind="fused", dense=True), say=no_fallback)
        for _ in range(2):
            engine.discriminator_step(state, game, real)
            engine.generator_step(state, game, real)
    for one, other in zip(ours.generator.parameters(), again.generator.parameters(), strict=True):
        assert torch.equal(one, other)


# ---- who gets it


def manner_of(kit, *, batch, **settings):
    state, said = kit.state_of(*smooth_pair()), []
    real = kit.real_like(state.generator, batch=batch)
    game, budget = kit.game_of("non_saturating"), Budget(images=64)
    engine = engine_for(state, game, real, budget=budget, say=said.append, **settings)
    return engine, said


def test_it_is_taken_where_products_are_large_and_it_was_measured_to_be_faster(kit, monkeypatch):
    for faster, batch, expected in ((True, 70, True), (True, 4, False), (False, 70, False)):
        monkeypatch.setattr(choose, "faster_products", lambda faster=faster: Faster(dense=faster))
        engine, _ = manner_of(kit, batch=batch, choice="fused")
        assert engine.manner.dense is expected


@pytest.fixture
def _nothing_built(monkeypatch, tmp_path):
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    for kept in (product_kernel, faster_products):
        kept.cache_clear()
    yield
    for kept in (product_kernel, faster_products):
        kept.cache_clear()


@pytest.mark.usefixtures("_nothing_built")
def test_without_a_compiler_it_is_not_taken_and_a_run_that_had_it_goes_on_eagerly(kit, monkeypatch):
    monkeypatch.setattr(native.shutil, "which", lambda _: None)
    assert not faster_products().dense
    assert "dense" not in products._seconds_by_way(products._samples_with_weights())
    engine, said = manner_of(kit, batch=70, kept=Manner(kind="fused", dense=True))
    assert isinstance(engine, EagerEngine)
    assert all("is not fused: there is no C++ compiler" in line for line in said)
    assert len(said) == 2


@pytest.mark.usefixtures("_nothing_built")
def test_a_compiler_that_fails_is_named(monkeypatch):
    monkeypatch.setenv("CXX", "false")
    with pytest.raises(UnsupportedStepError, match=r"false cannot compile dense\.cpp"):
        dense.product_kernel()
