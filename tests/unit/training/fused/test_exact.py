"""Convolutions with fewer multiplications are judged one by one, and the rest of their graph as strictly as any."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from equipoise.training.fused import FusedEngine, graphs, prepare, winograd
from equipoise.training.fused.check import largest_error
from equipoise.training.fused.convolution import ChannelsLast
from equipoise.training.fused.exact import TOLERANCE, Direct, Judging, direct, disagreement_but_for_rounding, in_float64
from equipoise.training.fused.graphs import graph_of
from equipoise.training.fused.trace import copied
from equipoise.training.manner import Manner

forms = torch.ops.equipoise
FORMS = ("winograd", "winograd_to_samples", "winograd_to_weight")
MANNER = Manner(kind="fused", winograd=True)


def penalised_step(kit, player, activation=nn.ReLU):
    pair, game = kit.fitting_pair(activation), kit.game_of("wasserstein", "gradient_penalty")
    step, inputs = kit.step_of(pair, player, game, kit.real_like(pair[0]))
    return step, graph_of(step, copied(inputs), manner=MANNER), inputs


def prepared(kit, said, *, kind="fused"):
    """Both players' steps, as far as the check lets them through."""
    pair, game = kit.fitting_pair(nn.ReLU), kit.game_of("wasserstein", "gradient_penalty")
    engine = FusedEngine(replace(MANNER, kind=kind), say=said.append)
    engine.prepare(kit.state_of(*pair), game, kit.real_like(pair[0]))
    return engine


@pytest.mark.parametrize("batch", [3, 19])
def test_the_direct_forms_are_the_derivatives_of_the_convolution(batch):
    rng = torch.Generator().manual_seed(0)
    x, w, slope = (torch.randn(s, generator=rng) for s in ((batch, 3, 9, 7), (5, 3, 4, 4), (batch, 5, 4, 3)))
    xx, ww = (tensor.double().requires_grad_() for tensor in (x, w))
    y = torch.conv2d(xx, ww, None, 2, 1)
    to_x, to_w = torch.autograd.grad(y, (xx, ww), slope.double())
    called = {
        forms.winograd.default: (y.detach(), (x, w, 2, 1)),
        forms.winograd_to_samples.default: (to_x, (slope, w, [9, 7], 2, 1)),
        forms.winograd_to_weight.default: (to_w, (slope, x, 4, 2, 1)),
    }
    for form, (expected, arguments) in called.items():
        torch.testing.assert_close(in_float64(form, *arguments), expected, rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(direct(form, *arguments), expected.float(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("activation", [nn.ReLU, nn.SiLU])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_healthy_graph_passes_at_the_tolerance_of_any(kit, player, activation):
    step, graph, inputs = penalised_step(kit, player, activation)
    assert disagreement_but_for_rounding(step, graph, inputs) is None
    with torch.no_grad(), Judging() as judging:
        graph(*copied(inputs))
    assert 0 < judging.worst < TOLERANCE / 10


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_but_for_its_convolutions_a_graph_rounds_as_the_eager_step_does(kit, player):
    step, graph, inputs = penalised_step(kit, player)
    with torch.no_grad(), Direct():
        found = graph(*copied(inputs))
    with ChannelsLast():
        expected = step.told(*copied(inputs))
    assert largest_error(found, expected) < 1e-6  # so no unit is on the other side of its kink


@pytest.mark.parametrize("name", ["conv", "transposed"])
def test_the_reference_is_the_convolution_as_it_is_written(name):
    torch.manual_seed(0)
    layers = {"conv": nn.Conv2d(3, 4, 4, 2, 1), "transposed": nn.ConvTranspose2d(3, 4, 4, 2, 1, output_padding=1)}
    layer, samples = layers[name].double(), torch.randn(2, 3, 9, 9, dtype=torch.float64)
    plain = layer(samples)
    with ChannelsLast():
        other = layer(samples)
    assert other.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(other, plain)


@pytest.mark.parametrize("form", FORMS)
def test_one_convolution_that_is_wrong_by_a_thousandth_is_refused_and_named(kit, form, monkeypatch):
    healthy, met = winograd._call, []

    def planted(name, tensors, *settings):
        healthy(name, tensors, *settings)
        if form in ("winograd_" + name, name.replace("forward", "winograd")):
            met.append(name)
            if len(met) == 1:
                tensors[-1].mul_(1.001)

    monkeypatch.setattr(winograd, "_call", planted)
    said = []
    engine = prepared(kit, said)
    assert not engine.complete
    assert len(said) == 1
    assert f" is not fused: equipoise.{form}.default is off by 1.0e-03 (tolerance 1e-04)." in said[0]


def with_weights_of_zero(graph):
    """As a simplification that takes the penalty for a known zero."""
    for node in list(graph.graph.nodes):
        if node.op == "placeholder" and node.meta["val"].ndim == 0 and node.meta["val"].is_floating_point():
            with graph.graph.inserting_after(node):
                zero = graph.graph.call_function(torch.ops.aten.full_like.default, (node, 0.0))
            zero.meta["val"] = node.meta["val"]
            node.replace_all_uses_with(zero, delete_user_cb=lambda user, zero=zero: user is not zero)
    graph.recompile()
    return graph


def with_a_gradient_off_by_a_hundredth(graph):
    output = graph.graph.output_node()
    first, *rest = output.args[0]
    with graph.graph.inserting_before(output):
        off = graph.graph.call_function(torch.ops.aten.mul.Scalar, (first, 1.01))
    off.meta["val"] = first.meta["val"]
    output.args = ([off, *rest],)
    graph.recompile()
    return graph


@pytest.mark.parametrize("spoilt", [with_weights_of_zero, with_a_gradient_off_by_a_hundredth])
def test_what_else_is_wrong_in_such_a_graph_is_seen(kit, spoilt, monkeypatch):
    healthy, said = graphs.simplified, []
    monkeypatch.setattr(graphs, "simplified", lambda graph: spoilt(healthy(graph)))
    prepared(kit, said)
    refused = [line for line in said if "the fused step differs from the eager one by" in line]
    assert any(line.startswith("The discriminator's step is not fused") for line in refused)


def test_such_a_graph_is_not_compiled_and_a_line_says_so(kit, monkeypatch):
    def compiled(*_, **__):
        raise AssertionError("its rounding could not be told from a mistake")

    monkeypatch.setattr(prepare, "compiled", compiled)
    said = []
    engine = prepared(kit, said, kind="compiled")
    assert engine.complete
    assert said == [
        f"The {player}'s step is fused, not compiled: it takes Winograd's convolutions."
        for player in ("generator", "discriminator")
    ]
