"""Convolutions with fewer multiplications are the direct ones: in all three forms, in both orders, in a whole step."""

import copy
import ctypes
from fractions import Fraction

import pytest
import torch
from torch import nn

from equipoise.core.steps import Batch
from equipoise.training.fused import EagerEngine, FusedEngine, choose, engine_for, native, winograd
from equipoise.training.fused.check import largest_error
from equipoise.training.fused.convolution import PlainConvolutions
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import graph_of
from equipoise.training.fused.toom_cook import POINTS, short_correlation
from equipoise.training.fused.trace import copied
from equipoise.training.manner import Manner
from equipoise.training.plan import Budget

forms = torch.ops.equipoise
ODD = [  # batch, inputs, height, width, outputs, kernel, stride, padding
    (3, 32, 9, 13, 64, 4, 2, 1),
    (40, 64, 17, 11, 32, 4, 2, 1),
    (2, 32, 8, 8, 96, 4, 2, 3),
    (3, 32, 7, 7, 32, 3, 1, 1),
    (40, 32, 9, 13, 96, 3, 1, 1),
    (1, 32, 5, 8, 32, 3, 1, 0),
]


def no_fallback(line: str) -> None:
    raise AssertionError(line)


def error(found, expected):
    return float((found.double() - expected).norm() / expected.norm())


@pytest.mark.parametrize(("m", "r"), POINTS)
def test_the_matrices_give_the_correlation_exactly(m, r):
    found = short_correlation(m, r)
    x, g = [Fraction(3 * i * i - 7 * i + 2) for i in range(m + r - 1)], [Fraction(5 - 2 * i) for i in range(r)]
    products = [
        sum(b * v for b, v in zip(inputs, x, strict=True)) * sum(a * v for a, v in zip(taps, g, strict=True))
        for inputs, taps in zip(found.inputs, found.taps, strict=True)
    ]
    outputs = [sum(row[i] * p for row, p in zip(found.outputs, products, strict=True)) for i in range(m)]
    assert outputs == [sum(x[i + j] * g[j] for j in range(r)) for i in range(m)]


@pytest.mark.parametrize("tile", [2, 4])
@pytest.mark.parametrize("shape", ODD, ids=str)
def test_all_three_forms_are_the_direct_ones(shape, tile, monkeypatch):
    monkeypatch.setattr(winograd, "_tile", lambda _: tile)
    require_direct(*shape)


def require_direct(batch, inputs, height, width, outputs, kernel, stride, padding):
    rng = torch.Generator().manual_seed(0)
    x, w = (
        torch.randn(sizes, generator=rng, dtype=torch.float64)
        for sizes in ((batch, inputs, height, width), (outputs, inputs, kernel, kernel))
    )
    y = torch.conv2d(x, w, None, stride, padding)
    slope = torch.randn(y.shape, generator=rng, dtype=torch.float64)
    to_x, to_w, _ = torch.ops.aten.convolution_backward(
        slope, x, w, None, [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, [True, True, False]
    )
    small_x, small_w, small_slope = x.float(), w.float(), slope.float()
    assert error(forms.winograd(small_x, small_w, stride, padding), y) < 5e-6
    assert error(forms.winograd_to_samples(small_slope, small_w, [height, width], stride, padding), to_x) < 5e-6
    assert error(forms.winograd_to_weight(small_slope, small_x, kernel, stride, padding), to_w) < 5e-6


def test_the_number_of_threads_changes_no_bit():
    rng = torch.Generator().manual_seed(0)
    x, w, slope = (torch.randn(s, generator=rng) for s in ((9, 64, 17, 17), (32, 64, 4, 4), (9, 32, 8, 8)))
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            made = forms.winograd(x, w, 2, 1), forms.winograd_to_samples(slope, w, [17, 17], 2, 1)
            found.append((*made, forms.winograd_to_weight(slope, x, 4, 2, 1)))
    finally:
        torch.set_num_threads(before)
    for one, three in zip(*found, strict=True):
        assert torch.equal(one, three)


LAYERS = {
    "conv": lambda: nn.Conv2d(32, 64, 4, stride=2, padding=1),
    "conv 3": lambda: nn.Conv2d(32, 64, 3, padding=1),
    "transposed": lambda: nn.ConvTranspose2d(32, 64, 4, stride=2, padding=1),
    "transposed, odd": lambda: nn.ConvTranspose2d(32, 64, 4, stride=2, padding=1, output_padding=1),
}


@pytest.mark.parametrize("name", LAYERS)
def test_second_derivatives_are_the_direct_ones(name):
    torch.manual_seed(0)
    layer, samples = LAYERS[name](), torch.randn(2, 32, 9, 9)

    def gradients(layer, samples):
        """Of a penalty on the slope at the samples, as a gradient penalty has it."""
        samples = samples.detach().requires_grad_()
        (slope,) = torch.autograd.grad(layer(samples).pow(3).sum(), samples, create_graph=True)
        return torch.autograd.grad(slope.pow(2).sum(), [samples, *layer.parameters()])

    expected = gradients(copy.deepcopy(layer).double(), samples.double())
    with PlainConvolutions(winograd=True):
        found = gradients(layer, samples)
    for a, b in zip(found, expected, strict=True):
        assert error(a, b) < 1e-5


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_step_with_it_is_the_eager_step_in_float64(kit, player, request):
    torch.manual_seed(0)
    pair, game = kit.fitting_pair(nn.SiLU), kit.game_of("wasserstein", "gradient_penalty")
    real = kit.real_like(pair[0])
    step, inputs = kit.step_of(pair, player, game, real)
    graph = graph_of(step, copied(inputs), manner=Manner(kind="fused", winograd=True))
    assert {node.target for node in graph.graph.nodes} >= winograd.WINOGRAD
    with torch.no_grad():
        found = graph(*copied(inputs))
    doubled = tuple(module.double() for module in copy.deepcopy(pair))
    request.getfixturevalue("float64")  # from here on
    exact, _ = kit.step_of(doubled, player, game, Batch(samples=real.samples.double()))
    expected = exact.told(*(t.double() if t.is_floating_point() else t for t in copied(inputs)))
    assert largest_error(found, expected) < 1e-5


def test_a_run_in_this_manner_is_the_same_to_the_bit_each_time(kit):
    ours, again = kit.twins(*kit.fitting_pair(nn.SiLU))
    game, real = kit.game_of("wasserstein", "gradient_penalty"), kit.real_like(ours.generator)
    for state in (ours, again):
        torch.manual_seed(5)
        engine = FusedEngine(Manner(kind="fused", winograd=True), say=no_fallback)
        for _ in range(2):
            engine.discriminator_step(state, game, real)
            engine.generator_step(state, game, real)
    for one, other in zip(ours.generator.parameters(), again.generator.parameters(), strict=True):
        assert torch.equal(one, other)


# ---- memory that is not there

LONG, ABSURD = 4 * 46_340, 2**26  # tiles of a picture's side squared just fit an int; so do the channels of all phases
LACKING = {"for the weight": (8, 8, 4, ABSURD, 4 * ABSURD), "for a picture": (2 * LONG, 2 * LONG, LONG, 256, 32)}


@pytest.mark.parametrize("what", LACKING)
@pytest.mark.parametrize("form", ["forward", "to_samples", "to_weight"])
def test_memory_that_is_lacking_is_told_in_every_form_and_a_later_call_is_right(form, what):
    side, _, out_side, inputs, outputs = LACKING[what]
    absurd = winograd._Shape(1, inputs, side, side, outputs, out_side, out_side, 1)
    call = getattr(winograd.kernels(), f"{form}_4_2")
    call.restype = ctypes.c_bool
    weight = torch.ones(32 * 256 * 16)
    pointers = [ctypes.c_void_p(0), ctypes.c_void_p(weight.data_ptr()), ctypes.c_void_p(0)]
    assert not call(*pointers, ctypes.byref(absurd), 3)
    require_direct(*ODD[1])


def test_who_lacks_memory_is_told_what_to_do(monkeypatch):
    healthy, (side, _, out_side, inputs, outputs) = winograd._Shape, LACKING["for the weight"]
    monkeypatch.setattr(winograd, "_Shape", lambda *_: healthy(1, inputs, side, side, outputs, out_side, out_side, 1))
    with pytest.raises(MemoryError, match=r"of 2 x 32 x 8 x 8 samples, does not fit into memory. .* `--engine eager`"):
        forms.winograd(torch.ones(2, 32, 8, 8), torch.ones(32, 32, 4, 4), 2, 1)


# ---- who gets it


def test_it_is_taken_where_the_shapes_fit_and_it_was_measured_to_be_faster(kit, monkeypatch):
    monkeypatch.setattr(choose, "winograd_is_faster", lambda: True)
    for pair, expected in ((kit.fitting_pair(nn.SiLU), True), (kit.pair("dcgan"), False)):
        state = kit.state_of(*pair)
        real = kit.real_like(pair[0])
        engine = engine_for(
            state, kit.game_of("non_saturating"), real, budget=Budget(images=64), say=lambda _: None, choice="fused"
        )
        assert engine.manner.winograd is expected
    monkeypatch.setattr(choose, "winograd_is_faster", lambda: False)
    state = kit.state_of(*kit.fitting_pair(nn.SiLU))
    engine = engine_for(
        state, kit.game_of("non_saturating"), kit.real_like(state.generator), budget=Budget(images=64),
        say=lambda _: None, choice="fused",
    )  # fmt: skip
    assert not engine.manner.winograd


def test_shapes_that_do_not_fit_are_left_to_pytorch():
    weight = torch.zeros(32, 64, 4, 4)
    assert winograd.fits(weight, (2, 2), (1, 1))
    for stride, padding in (((1, 1), (1, 1)), ((2, 1), (1, 1)), ((2, 2), (1, 2))):
        assert not winograd.fits(weight, stride, padding)
    for other in (weight[:, :3], weight[..., :3], weight.double(), weight.to(torch.bfloat16), weight[..., 0]):
        assert not winograd.fits(other, (2, 2), (1, 1))


@pytest.fixture
def _nothing_built(monkeypatch, tmp_path):
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    for kept in (winograd.kernels, winograd.winograd_is_faster):
        kept.cache_clear()
    yield
    for kept in (winograd.kernels, winograd.winograd_is_faster):
        kept.cache_clear()


@pytest.mark.usefixtures("_nothing_built")
def test_without_a_compiler_it_is_not_taken_and_a_run_that_had_it_goes_on_eagerly(kit, monkeypatch):
    monkeypatch.setattr(native.shutil, "which", lambda _: None)
    assert not winograd.winograd_is_faster()
    state, said = kit.state_of(*kit.fitting_pair(nn.SiLU)), []
    real = kit.real_like(state.generator)
    engine = engine_for(
        state, kit.game_of("non_saturating"), real, budget=Budget(images=64), say=said.append,
        kept=Manner(kind="fused", winograd=True),
    )  # fmt: skip
    assert isinstance(engine, EagerEngine)
    assert all("is not fused: there is no C++ compiler" in line for line in said)
    assert len(said) == 2


@pytest.mark.usefixtures("_nothing_built")
@pytest.mark.parametrize(("command", "reason"), [("false", "false cannot compile winograd.cpp")])
def test_a_compiler_that_fails_is_named(monkeypatch, command, reason):
    monkeypatch.setenv("CXX", command)
    with pytest.raises(UnsupportedStepError, match=reason):
        winograd.kernels()


@pytest.mark.usefixtures("_nothing_built")
def test_a_processor_without_the_instructions_is_named(monkeypatch):
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    with pytest.raises(UnsupportedStepError, match="DEFAULT instructions are not among AVX512, AVX2"):
        winograd.kernels()
