"""From modules to facts, on modules whose answer is known from how they were made."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from equipoise.probes.inspect import (
    batch_norm_facts,
    discriminator_facts,
    generator_facts,
    initialisation_facts,
    last_activation,
    player_facts,
    reachable_range,
    receptive_field_facts,
    spectrally_normalised,
    tail_activation,
    traced,
)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


class Late(nn.Module):
    """Registered in another order than called, with an unused layer and a functional end."""

    def __init__(self, end):
        super().__init__()
        self.squash, self.unused = nn.Tanh(), nn.BatchNorm1d(5)
        self.second, self.first, self.end = nn.Linear(6, 4), nn.Linear(3, 6), end

    def forward(self, x):
        return self.end(self.second(F.leaky_relu(self.first(x), 0.2)))


ENDS = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": lambda x: x,
    "relu": F.relu,
    "softplus": F.softplus,
    "clamp": lambda x: x.clamp(-1, 1),
}


AFTER = [
    lambda x: x,
    lambda x: x.view(-1),
    lambda x: x.reshape(2, -1)[:, :3],
    lambda x: x.mean(1),
    lambda x: 2 * x - 1,
]


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize(
    "after",
    [lambda x: x, lambda x: x.view(-1), lambda x: x.reshape(2, -1)[:, :3], lambda x: x.mean(1), lambda x: 2 * x - 1],
)
def test_the_last_activation_is_found_through_shapes_and_scales(name, after):
    network = Late(lambda x: after(ENDS[name](x)))
    assert last_activation(network(torch.randn(4, 3))) == name


def test_layers_that_are_never_called_do_not_count():
    operations = traced(lambda: Late(torch.sigmoid)(torch.randn(4, 3)))
    assert [operation.kind for operation in operations] == ["product", "activation", "product", "activation"]
    assert tail_activation(operations) == "sigmoid"
    facts = player_facts("discriminator", Late(torch.sigmoid), operations)
    assert facts["discriminator_normalisation"] == "none"
    assert facts["discriminator_activation"] == "leaky_relu"


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (torch.tanh, (-1, 1)),
        (torch.sigmoid, (0, 1)),
        (lambda x: (torch.tanh(x) + 1) / 2, (0, 1)),
        (lambda x: 127.5 * torch.tanh(x) + 127.5, (0, 255)),
        (lambda x: 1 - 2 * x.sigmoid(), (-1, 1)),
        (lambda x: x, None),
        (F.relu, None),
    ],
)
def test_the_reachable_range_follows_scale_and_offset(end, expected):
    network = Late(end)

    def run():
        return network(torch.randn(4, 3))

    assert reachable_range(run, traced(run)) == (None if expected is None else pytest.approx(expected))


def of(module, *shape):
    inputs = torch.randn(4, *shape)
    return traced(lambda: module(inputs))


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (nn.BatchNorm2d(8), "batch"),
        (nn.InstanceNorm2d(8), "instance"),
        (nn.GroupNorm(2, 8), "group"),
        (nn.GroupNorm(1, 8), "layer"),
        (nn.LayerNorm((8, 4, 4)), "layer"),
        (nn.Identity(), "none"),
    ],
)
def test_normalisations_are_told_apart(layer, kind):
    module = nn.Sequential(nn.Conv2d(3, 8, 4, 2, 1), layer, nn.LeakyReLU(0.2), nn.Dropout2d(0.25), nn.Conv2d(8, 1, 4))
    facts = player_facts("discriminator", module, of(module, 3, 8, 8))
    assert facts["discriminator_normalisation"] == kind
    assert facts["discriminator_dropout"] == 0.25
    assert facts["spectral_norm"] is False


def test_the_slip_of_eps_is_seen_and_the_default_is_not_one():
    slipped = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, 0.8), nn.Linear(4, 4), nn.BatchNorm1d(4))
    plain = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, momentum=0.8))
    assert batch_norm_facts(of(slipped, 3)) == {"batch_norm_eps": 0.8}
    assert batch_norm_facts(of(plain, 3)) == {"batch_norm_eps": 1e-5}
    assert batch_norm_facts(of(nn.Linear(3, 4), 3)) == {}


def test_normalisations_at_the_ends_are_seen():
    at_end = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh())
    inside = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 4), nn.Tanh())
    at_input = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 4))
    assert generator_facts(of(at_end, 3))["normalisation_at_generator_output"] is True
    assert generator_facts(of(inside, 3))["normalisation_at_generator_output"] is False
    assert discriminator_facts(of(at_input, 3))["normalisation_at_discriminator_input"] is True
    assert discriminator_facts(of(inside, 3))["normalisation_at_discriminator_input"] is False


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([nn.ConvTranspose2d(4, 4, 4, 2, 1)], ("transposed", 4, 2)),
        ([nn.ConvTranspose2d(4, 4, 4, 2, 1), nn.ConvTranspose2d(4, 4, 5, 2, 1)], ("transposed", 5, 2)),
        ([nn.Upsample(scale_factor=2), nn.Conv2d(4, 4, 3, 1, 1)], ("resize", None, None)),
        ([nn.PixelShuffle(2), nn.Conv2d(1, 4, 3, 1, 1)], ("pixel_shuffle", None, None)),
        ([nn.Conv2d(4, 4, 3, 1, 1)], ("none", None, None)),
    ],
)
def test_upsampling_is_seen_with_its_worst_kernel(layers, expected):
    facts = generator_facts(of(nn.Sequential(*layers), 4, 4, 4))
    assert (facts["upsampling"], facts.get("upsampling_kernel"), facts.get("upsampling_stride")) == expected


def test_the_first_transposed_convolution_of_a_dcgan_overlaps_with_nothing():
    module = nn.Sequential(nn.ConvTranspose2d(4, 4, 7, 2, 0), nn.ConvTranspose2d(4, 4, 4, 2, 1))
    assert generator_facts(of(module, 4, 1, 1))["upsampling_kernel"] == 4


@pytest.mark.parametrize(
    "wrap",
    [nn.utils.spectral_norm, nn.utils.parametrizations.spectral_norm, None, nn.utils.parametrizations.weight_norm],
)
def test_spectral_norm_is_seen_in_both_its_forms(wrap):
    layer = nn.Linear(3, 4)
    module = nn.Sequential(wrap(layer) if wrap else layer, nn.ReLU())
    assert spectrally_normalised(module) is (wrap is not None and "spectral" in wrap.__name__)


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        (nn.init.zeros_, "zeros"),
        (lambda weight: nn.init.constant_(weight, 0.3), "constant"),
        (lambda weight: nn.init.normal_(weight, 0, 0.02), "dcgan"),
        (lambda weight: nn.init.normal_(weight, 0, 0.1), None),
    ],
)
def test_plain_initialisations_are_seen(fill, expected):
    module = nn.Sequential(nn.Linear(64, 64), nn.Linear(64, 64))
    for layer in module:
        fill(layer.weight)
    assert initialisation_facts(module).get("initialisation") == expected


def field(*layers, side=32):
    module = nn.Sequential(*layers)
    image = torch.randn(1, 1, side, side)
    facts = receptive_field_facts(module, traced(lambda: module(image)), image)
    return facts.get("receptive_field")


def conv(kernel, stride, padding=1):
    return nn.Conv2d(1, 1, kernel, stride, padding)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([conv(3, 1)], 3),
        ([conv(3, 1), nn.ReLU(), conv(3, 1)], 5),
        ([conv(4, 2), nn.LeakyReLU(0.2), conv(4, 2)], 4 + 3 * 2),  # r = r + (k - 1) * product of the strides before
        ([conv(4, 2), nn.InstanceNorm2d(1), conv(4, 2), nn.BatchNorm2d(1), conv(4, 2)], 4 + 3 * 2 + 3 * 4),
        ([conv(3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 1)], 3),
        ([conv(3, 1), nn.Flatten(), nn.Linear(1024, 1)], 32),
        ([nn.Flatten(), nn.Linear(1024, 1)], None),
    ],
)
def test_the_receptive_field_is_that_of_the_formula(layers, expected):
    assert field(*layers) == expected


def test_a_scripted_network_shows_nothing_and_nothing_is_said():
    assert player_facts("generator", nn.Linear(3, 4), ()).keys() == {"generator_parameters", "generator_spectral_norm"}
    assert generator_facts(()) == discriminator_facts(()) == {}


@pytest.mark.parametrize(
    ("layers", "shape", "width"),
    [
        ([nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 784)], (2, 8), 6.0),
        ([nn.Linear(8, 64), nn.Unflatten(1, (4, 4, 4)), nn.ConvTranspose2d(4, 2, 4, 2, 1), nn.Conv2d(2, 3, 3, 1, 1)],
         (2, 8), 2.0),
        ([conv(3, 1), nn.Conv2d(1, 5, 3), nn.Flatten(), nn.Linear(180, 1)], (2, 1, 8, 8), 5.0),
        ([nn.Linear(8, 784)], (2, 8), None),
    ],
)  # fmt: skip
def test_the_width_is_that_of_the_widest_hidden_layer(layers, shape, width):
    network = nn.Sequential(*layers)
    operations = traced(lambda: network(torch.zeros(shape)))
    assert player_facts("generator", network, operations).get("generator_width") == width
