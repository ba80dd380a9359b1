import pytest
import torch

from equipoise.networks import seeds


def dense(before, after):
    return before * after + after


MLP_GENERATOR = dense(100, 256) + 2 * 256 + dense(256, 512) + 2 * 512 + dense(512, 784)
MLP_DISCRIMINATOR = dense(784, 512) + dense(512, 256) + dense(256, 1)
DCGAN_GENERATOR = (
    16 * (100 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64 * 3) + 2 * (512 + 256 + 128 + 64)  # kernels, norms
)
DCGAN_DISCRIMINATOR = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512) + 2 * (128 + 256 + 512)
DENSE_GENERATOR = 100 * 12544 + 2 * 12544 + 25 * (256 * 128 + 128 * 64 + 64) + 2 * (128 + 64)

COUNTS = [
    (seeds.seed_mlp_generator, MLP_GENERATOR, 561_168),
    (seeds.seed_mlp_discriminator, MLP_DISCRIMINATOR, 533_505),
    (seeds.seed_dcgan_generator, DCGAN_GENERATOR, 3_576_704),
    (seeds.seed_dcgan_discriminator, DCGAN_DISCRIMINATOR, 2_765_568),
    (seeds.seed_wgan_generator, MLP_GENERATOR - 2 * (256 + 512), 559_632),
    (seeds.seed_wgan_critic, MLP_DISCRIMINATOR, 533_505),
    (seeds.seed_conditional_generator, MLP_GENERATOR + 6 * 50 + 50 * 256, 574_268),
    (seeds.seed_conditional_discriminator, MLP_DISCRIMINATOR + 6 * 784 + 784 * 512, 939_617),
    (seeds.seed_dense_generator, DENSE_GENERATOR, 2_305_472),
]


@pytest.mark.parametrize(("build", "by_hand", "documented"), COUNTS, ids=[build.__name__ for build, _, _ in COUNTS])
def test_a_seed_has_the_parameters_of_its_layer_sizes_and_of_its_docstring(build, by_hand, documented):
    count = sum(parameter.numel() for parameter in build().parameters())
    assert count == by_hand == documented
    assert f"{documented:,}" in build.__doc__


def kinds(module):
    return [type(layer).__name__ for layer in module.modules() if not list(layer.children())]


def test_the_mlp_pair_has_the_layers_of_the_course_page_in_order():
    assert kinds(seeds.seed_mlp_generator()) == [
        *["Linear", "LeakyReLU", "BatchNorm1d"] * 2, "Linear", "Tanh", "Unflatten",
    ]  # fmt: skip
    assert kinds(seeds.seed_mlp_discriminator()) == ["Flatten", *["Linear", "LeakyReLU", "Dropout"] * 2, "Linear"]
    assert kinds(seeds.seed_wgan_generator()) == [*["Linear", "ReLU"] * 2, "Linear", "Tanh", "Unflatten"]
    assert kinds(seeds.seed_wgan_critic()) == ["Flatten", *["Linear", "LeakyReLU"] * 2, "Linear"]


def test_slopes_and_dropout_are_those_of_the_seeds():
    layers = list(seeds.seed_mlp_discriminator().modules())
    assert {layer.p for layer in layers if isinstance(layer, torch.nn.Dropout)} == {0.3}
    assert {layer.negative_slope for layer in layers if isinstance(layer, torch.nn.LeakyReLU)} == {0.2}
    dense_generator = seeds.seed_dense_generator().modules()
    assert {layer.negative_slope for layer in dense_generator if isinstance(layer, torch.nn.LeakyReLU)} == {0.3}


def test_the_dense_stem_and_head_of_the_dcgan_pair_compute_the_seeds_convolutions():
    generator, discriminator = seeds.seed_dcgan_generator(), seeds.seed_dcgan_discriminator()
    latents, features = torch.randn(2, 100), torch.randn(2, 512, 4, 4)
    stem = generator.body.layers[0].weight.T.reshape(100, 512, 4, 4)
    head = discriminator.head.score.weight.reshape(1, 512, 4, 4)

    maps = torch.nn.functional.conv_transpose2d(latents[:, :, None, None], stem)
    torch.testing.assert_close(generator.body.layers[0](latents).view(2, 512, 4, 4), maps)
    logits = torch.nn.functional.conv2d(features, head).flatten()
    torch.testing.assert_close(discriminator.head(features.flatten(1)), logits)


@pytest.mark.parametrize("build", [seeds.seed_mlp_generator, seeds.seed_wgan_generator, seeds.seed_dense_generator])
def test_a_seed_generator_makes_digits_in_range(build):
    images = build()(torch.randn(4, 100))
    assert images.shape == (4, 1, 28, 28)
    assert images.abs().max() <= 1


@pytest.mark.parametrize("build", [seeds.seed_mlp_discriminator, seeds.seed_wgan_critic])
def test_no_seed_discriminator_squashes_its_logits(build):
    logits = build().eval()(1000 * torch.randn(64, 1, 28, 28))
    assert logits.shape == (64,)
    assert logits.min() < 0
    assert logits.max() > 1


def test_the_conditional_pair_takes_labels():
    labels = torch.tensor([0, 5, 2])
    images = seeds.seed_conditional_generator()(torch.randn(3, 100), labels)
    assert seeds.seed_conditional_discriminator()(images, labels).shape == (3,)
