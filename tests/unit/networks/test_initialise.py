import copy

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from equipoise.core.errors import NetworkError, SettingError
from equipoise.core.randomness import seeded_generator
from equipoise.networks import (
    INITIALISATIONS,
    DiscriminatorSpec,
    GeneratorSpec,
    build_discriminator,
    build_generator,
    initialise,
)

SCHEMES = sorted(INITIALISATIONS)


def networks():
    shape = (1, 16, 16)
    conditional = {"classes": 3, "conditioning": "embedding"}
    yield build_generator(GeneratorSpec(architecture="dcgan", sample_shape=shape, latent_dim=4, width=2, **conditional))
    yield build_generator(
        GeneratorSpec(
            architecture="resnet", sample_shape=shape, latent_dim=4, width=2, classes=3, conditioning="projection"
        )
    )
    yield build_discriminator(
        DiscriminatorSpec(architecture="mlp", sample_shape=shape, minibatch="discrimination", **conditional)
    )
    yield build_discriminator(
        DiscriminatorSpec(architecture="resnet", sample_shape=shape, width=2, normalisation="layer", attention_at=8)
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_seed_decides_every_weight_and_the_global_stream_none(scheme):
    for network in networks():
        twin = copy.deepcopy(network)
        for parameter in twin.parameters():
            if parameter.dim() > 1:
                parameter.data.mul_(2.0)
        stream = torch.get_rng_state()
        initialise(network, scheme, seeded_generator(5))
        assert torch.equal(torch.get_rng_state(), stream)
        torch.manual_seed(123)
        initialise(twin, scheme, seeded_generator(5))
        conditional = {name for name, _ in network.named_parameters() if name.endswith((".scale", ".shift"))}
        for (name, weight), other in zip(network.named_parameters(), twin.parameters(), strict=True):
            assert name in conditional or torch.equal(weight, other), name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_another_seed_gives_other_weights(scheme):
    network = next(networks())
    initialise(network, scheme, seeded_generator(1))
    before = network.body.layers[0].weight.clone()
    initialise(network, scheme, seeded_generator(2))
    assert not torch.equal(before, network.body.layers[0].weight)


def test_dcgan_weights_have_the_statistics_of_the_paper():
    network = nn.Sequential(
        nn.Linear(200, 200), nn.Conv2d(64, 64, 3), nn.ConvTranspose2d(64, 64, 4), nn.BatchNorm2d(20_000)
    )
    network[3].running_mean.fill_(7.0)
    initialise(network, "dcgan", seeded_generator(0))
    for layer in network[:3]:
        assert layer.weight.mean().abs() < 5e-4
        assert abs(layer.weight.std().item() - 0.02) < 5e-4
        assert (layer.bias == 0).all()
    norm = network[3]
    assert abs(norm.weight.mean().item() - 1) < 1e-3
    assert abs(norm.weight.std().item() - 0.02) < 1e-3
    assert (norm.bias == 0).all()
    assert (norm.running_mean == 0).all()


@pytest.mark.parametrize(
    "layer",
    [nn.Linear(512, 512, bias=False), nn.Conv2d(64, 64, 3, padding=1, bias=False), nn.ConvTranspose2d(64, 64, 4, 2, 1)],
)
def test_he_weights_keep_the_size_of_a_rectified_signal(layer):
    initialise(layer, "he", seeded_generator(1))  # 0 would draw the inputs' own numbers
    inputs = torch.randn((64, 512) if isinstance(layer, nn.Linear) else (4, 64, 16, 16)).relu()
    outputs = layer(inputs)
    inner = outputs if outputs.dim() == 2 else outputs[:, :, 2:-2, 2:-2]
    assert 0.85 < inner.square().mean() / (2 * inputs.square().mean()) < 1.15


def test_glorot_and_torch_weights_stay_within_their_bounds_and_reach_them():
    layer = nn.Conv2d(8, 24, 3)
    for scheme, bound in (("glorot", (6 / (9 * 8 + 9 * 24)) ** 0.5), ("torch", (9 * 8) ** -0.5)):
        initialise(layer, scheme, seeded_generator(0))
        assert layer.weight.abs().max() <= bound
        assert layer.weight.abs().max() > 0.98 * bound


@pytest.mark.parametrize("layer", [nn.Linear(512, 256), nn.Conv2d(64, 64, 3), nn.ConvTranspose2d(64, 64, 4, 2, 1)])
def test_he_uniform_weights_have_the_variance_of_he_and_the_biases_of_torch(layer):
    fan_in = {nn.Linear: 512, nn.Conv2d: 64 * 9, nn.ConvTranspose2d: 64 * 16 // 4}[type(layer)]
    initialise(layer, "he_uniform", seeded_generator(0))
    assert layer.weight.var().item() == pytest.approx(2 / fan_in, rel=0.02)
    assert 0.99 < layer.weight.abs().max() / (6 / fan_in) ** 0.5 <= 1.0
    assert 0.9 < layer.bias.abs().max() * fan_in**0.5 <= 1.0
    assert layer.bias.min() < 0 < layer.bias.max()


def test_conditional_scales_and_attention_start_neutral_whatever_the_scheme():
    for scheme in SCHEMES:
        _, generator, _, discriminator = networks()
        initialise(generator, scheme, seeded_generator(0))
        initialise(discriminator, scheme, seeded_generator(0))
        scales = [p for name, p in generator.named_parameters() if name.endswith(".scale")]
        assert scales
        assert all((scale == 1).all() for scale in scales)
        assert [p.item() for name, p in discriminator.named_parameters() if name.endswith("gamma")] == [0.0]


def test_an_unknown_scheme_names_those_that_exist():
    with pytest.raises(SettingError, match="There are: dcgan, he, he_uniform, glorot, torch"):
        initialise(nn.Linear(2, 2), "xavier", seeded_generator(0))


def test_initialising_under_spectral_norm_is_refused_with_the_layers_name():
    network = nn.Sequential(spectral_norm(nn.Linear(2, 2)))
    with pytest.raises(NetworkError, match="`0` is parametrised"):
        initialise(network, "dcgan", seeded_generator(0))
