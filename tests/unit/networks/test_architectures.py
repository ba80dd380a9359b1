from dataclasses import replace

import pytest
import torch
from torch import nn

from equipoise.core.errors import SettingError
from equipoise.networks import (
    IMAGE_SIZES,
    DiscriminatorSpec,
    GeneratorSpec,
    build_discriminator,
    build_generator,
    discriminator_normalisation,
)

IMAGES = ["dcgan", "resnet"]
NORMS = {"batch": "Batc", "layer": "Grou", "instance": "Inst"}


def kinds(module):
    return [type(layer).__name__ for layer in module.modules() if not list(layer.children())]


def slopes(module):
    return {
        getattr(layer, "negative_slope", 0) for layer in module.modules() if isinstance(layer, nn.ReLU | nn.LeakyReLU)
    }


def generator_spec(architecture, size, channels=1, **settings):
    return GeneratorSpec(
        architecture=architecture, sample_shape=(channels, size, size), latent_dim=8, width=2, **settings
    )


def discriminator_spec(architecture, size, channels=1, **settings):
    return DiscriminatorSpec(architecture=architecture, sample_shape=(channels, size, size), width=2, **settings)


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("size", IMAGE_SIZES)
@pytest.mark.parametrize("architecture", IMAGES)
def test_both_nets_keep_their_shapes_at_every_size_and_channel_count(architecture, size, channels):
    generator = build_generator(generator_spec(architecture, size, channels))
    discriminator = build_discriminator(discriminator_spec(architecture, size, channels))
    images = generator(torch.randn(2, 8))
    assert images.shape == (2, channels, size, size)
    assert images.abs().max() <= 1
    assert discriminator(images).shape == (2,)


@pytest.mark.parametrize("architecture", IMAGES)
@pytest.mark.parametrize("shape", [(3, 48, 48), (3, 32, 64), (3, 8, 8), (2,)])
def test_a_size_that_cannot_be_done_names_those_that_can(architecture, shape):
    with pytest.raises(SettingError, match=r"16, 28, 32, 64, 128, 256"):
        build_generator(GeneratorSpec(architecture=architecture, sample_shape=shape, latent_dim=4))
    with pytest.raises(SettingError, match=r"16, 28, 32, 64, 128, 256"):
        build_discriminator(DiscriminatorSpec(architecture=architecture, sample_shape=shape))


def test_an_mlp_does_any_image_and_leaves_points_unbounded():
    rectangle = GeneratorSpec(architecture="mlp", sample_shape=(3, 5, 7), latent_dim=4, hidden=(6,))
    assert build_generator(rectangle)(torch.randn(2, 4)).shape == (2, 3, 5, 7)
    points = build_generator(replace(rectangle, sample_shape=(2,)))
    assert points(torch.randn(2, 4)).shape == (2, 2)
    assert not any(isinstance(layer, nn.Tanh) for layer in points.modules())


@pytest.mark.parametrize("size", IMAGE_SIZES)
def test_in_the_dcgan_the_stride_divides_every_kernel_and_channels_double_up_to_eightfold(size):
    generator = build_generator(generator_spec("dcgan", size))
    ups = [layer for layer in generator.modules() if isinstance(layer, nn.ConvTranspose2d)]
    assert all(layer.kernel_size[0] % layer.stride[0] == 0 for layer in ups)
    assert [layer.in_channels for layer in reversed(ups)] == [2 * min(2**k, 8) for k in range(len(ups))]
    discriminator = build_discriminator(discriminator_spec("dcgan", size))
    downs = [layer for layer in discriminator.modules() if isinstance(layer, nn.Conv2d)]
    assert all(layer.kernel_size[0] % layer.stride[0] == 0 for layer in downs)
    assert [layer.out_channels for layer in downs] == [2 * min(2**k, 8) for k in range(len(downs))]


@pytest.mark.parametrize("normalisation", ["batch", "layer", "instance"])
def test_the_first_layer_of_a_discriminator_is_never_normalised(normalisation):
    dcgan = kinds(build_discriminator(discriminator_spec("dcgan", 32, normalisation=normalisation)))
    assert [kind[:4] for kind in dcgan[:5]] == ["Conv", "Leak", "Conv", NORMS[normalisation], "Leak"]
    resnet = build_discriminator(discriminator_spec("resnet", 32, normalisation=normalisation))
    counts = [sum(kind.startswith(NORMS[normalisation]) for kind in kinds(block)) for block in resnet.trunk]
    assert counts == [0, 2, 2, 2, 0, 0]


@pytest.mark.parametrize("normalisation", ["batch", "layer"])
def test_an_mlp_discriminator_is_normalised_from_its_second_layer_on_before_the_activation(normalisation):
    spec = DiscriminatorSpec(architecture="mlp", sample_shape=(2,), hidden=(4, 5), normalisation=normalisation)
    norm = {"batch": "BatchNorm1d", "layer": "LayerNorm"}[normalisation]
    expected = ["Flatten", "Linear", "LeakyReLU", "Linear", norm, "LeakyReLU", "Linear"]
    assert kinds(build_discriminator(spec)) == expected


@pytest.mark.parametrize(
    ("architecture", "of_generator", "of_discriminator"), [("mlp", 0.2, 0.2), ("dcgan", 0, 0.2), ("resnet", 0, 0)]
)
def test_each_architecture_has_the_slopes_of_its_paper_unless_told_otherwise(
    architecture, of_generator, of_discriminator
):
    shared = {"architecture": architecture, "sample_shape": (1, 16, 16)}
    g_spec, d_spec = GeneratorSpec(latent_dim=4, **shared), DiscriminatorSpec(**shared)
    assert slopes(build_generator(g_spec)) == {of_generator}
    assert slopes(build_discriminator(d_spec)) == {of_discriminator}
    assert slopes(build_generator(replace(g_spec, negative_slope=0.1))) == {0.1}
    assert slopes(build_discriminator(replace(d_spec, negative_slope=0.1))) == {0.1}


def test_a_layer_before_batch_normalisation_has_no_bias_and_one_without_it_has():
    normalised = build_discriminator(discriminator_spec("dcgan", 64, normalisation="batch"))
    bare = build_discriminator(discriminator_spec("dcgan", 64))
    biases = [
        [layer.bias is not None for layer in net.modules() if isinstance(layer, nn.Conv2d)]
        for net in (normalised, bare)
    ]
    assert biases == [[False] * 4, [False, True, True, True]]


def test_the_resnet_of_128_pixels_has_the_channels_of_the_paper():
    network = build_discriminator(DiscriminatorSpec(architecture="resnet", sample_shape=(3, 128, 128), width=4))
    assert network.head.score.in_features == 64
    outputs = [layer.main.layers[-1 if not isinstance(layer.main.layers[-1], nn.AvgPool2d) else -2].out_channels
               for layer in network.trunk if hasattr(layer, "main")]  # fmt: skip
    assert outputs == [4, 8, 16, 32, 64, 64]
    generator = build_generator(GeneratorSpec(architecture="resnet", sample_shape=(3, 128, 128), latent_dim=4, width=4))
    assert [layer.main.layers[-1].out_channels for layer in generator.body.layers if hasattr(layer, "main")] == [
        64, 32, 16, 8, 4,
    ]  # fmt: skip


def test_the_small_resnet_has_the_parameters_of_the_papers_layer_sizes():
    conv, shortcut = 9 * 128 * 128 + 128, 128 * 128 + 128
    discriminator = build_discriminator(DiscriminatorSpec(architecture="resnet", sample_shape=(3, 32, 32)))
    first = 9 * 3 * 128 + 128 + conv + 3 * 128 + 128
    expected = first + (2 * conv + shortcut) + 2 * (2 * conv) + 128 + 1
    assert sum(parameter.numel() for parameter in discriminator.parameters()) == expected
    generator = build_generator(GeneratorSpec(architecture="resnet", sample_shape=(3, 32, 32), latent_dim=128))
    up = 2 * conv - 128 + shortcut + 2 * 2 * 128  # no bias before the second normalisation
    expected = (128 * 2048 + 2048) + 3 * up + 2 * 128 + 9 * 128 * 3 + 3
    assert sum(parameter.numel() for parameter in generator.parameters()) == expected


def test_sum_pooling_is_mean_pooling_times_the_number_of_positions():
    summed = build_discriminator(discriminator_spec("resnet", 32))
    averaged = build_discriminator(discriminator_spec("resnet", 32, pooling="mean"))
    averaged.load_state_dict(summed.state_dict())
    images = torch.randn(2, 1, 32, 32)
    torch.testing.assert_close(summed.features(images), 64 * averaged.features(images))


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"classes": 3}, "conditioning"),
        ({"conditioning": "projection"}, "classes"),
        ({"negative_slope": 1.5}, "negative_slope"),
        ({"width": -1}, "width"),
        ({"hidden": (3,)}, "hidden"),
        ({"attention_at": 12}, r"\[4, 8, 16\]"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused_by_name(settings, word):
    with pytest.raises(SettingError, match=word):
        build_generator(replace(generator_spec("dcgan", 32), **settings))
    with pytest.raises(SettingError, match=word):
        build_discriminator(replace(discriminator_spec("dcgan", 32), **settings))


@pytest.mark.parametrize(
    ("architecture", "settings", "word"),
    [
        ("mlp", {"width": 8}, "width"),
        ("mlp", {"attention_at": 8}, "attention_at"),
        ("mlp", {"normalisation": "instance"}, "instance"),
        ("mlp", {"dropout": 1.0}, "dropout"),
        ("mlp", {"packing": 0}, "packing"),
        ("resnet", {"dropout": 0.3}, "dropout"),
        ("resnet", {"attention_at": 32}, r"\[8, 16\]"),
    ],
)
def test_a_setting_that_an_architecture_would_ignore_is_refused(architecture, settings, word):
    spec = DiscriminatorSpec(architecture=architecture, sample_shape=(1, 32, 32), **settings)
    with pytest.raises(SettingError, match=word):
        build_discriminator(spec)


def test_batch_normalisation_is_chosen_only_without_penalty_and_spectral_norm():
    choices = {
        (penalty, spectral): discriminator_normalisation(gradient_penalty=penalty, spectral=spectral)
        for penalty in (False, True)
        for spectral in (False, True)
    }
    assert choices == {
        (False, False): "batch", (True, False): "none", (False, True): "none", (True, True): "none",
    }  # fmt: skip
