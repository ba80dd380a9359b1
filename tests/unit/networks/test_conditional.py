import pytest
import torch
from torch import nn

from equipoise.core.errors import NetworkError
from equipoise.networks import DiscriminatorSpec, GeneratorSpec, build_discriminator, build_generator
from equipoise.networks.conditional import ConditionalNorm, Head, LabelMap, LabelVector


def test_the_label_map_is_the_class_image_as_a_last_channel():
    layer = LabelMap(5, 4)
    images, labels = torch.randn(3, 2, 4, 4), torch.tensor([4, 0, 1])
    joined = layer(images, labels)
    assert torch.equal(joined[:, :2], images)
    assert torch.equal(joined[1, 2], layer.embedding.weight[0].view(4, 4))


def test_the_label_vector_follows_the_flat_input():
    layer = LabelVector(5, 3)
    joined = layer(torch.ones(2, 1, 2, 2), torch.tensor([4, 0]))
    assert torch.equal(joined[0], torch.cat([torch.ones(4), layer.embedding.weight[4]]))


def test_the_projection_head_adds_the_inner_product_with_the_class_vector():
    head = Head(6, classes=3)
    features, labels = torch.randn(4, 6), torch.tensor([2, 0, 1, 2])
    expected = torch.stack(
        [
            head.score.weight[0] @ f + head.score.bias[0] + head.by_class.weight[y] @ f
            for f, y in zip(features, labels, strict=True)
        ]
    )
    torch.testing.assert_close(head(features, labels), expected)


def test_the_projection_head_meets_a_pack_with_the_mean_of_its_class_vectors():
    head = Head(6, classes=3)
    features, labels = torch.randn(2, 6), torch.tensor([[2, 0], [1, 1]])
    vectors = head.by_class.weight[labels].mean(dim=1)
    torch.testing.assert_close(head(features, labels) - head(features), (vectors * features).sum(dim=1))


@pytest.mark.parametrize("shape", [(6, 3), (6, 3, 2, 2)])
def test_conditional_batch_norm_starts_as_batch_norm_and_scales_each_sample_by_its_class(shape):
    norm = nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d
    layer = ConditionalNorm(norm(3, affine=False), channels=3, classes=2)
    features, labels = torch.randn(shape), torch.tensor([0, 1, 0, 1, 1, 1])
    plain = norm(3, affine=False)(features)
    torch.testing.assert_close(layer(features, labels), plain)
    with torch.no_grad():
        layer.scale[1] = 3.0
        layer.shift[1] = -1.0
    changed = layer(features, labels)
    torch.testing.assert_close(changed[labels == 0], plain[labels == 0])
    torch.testing.assert_close(changed[labels == 1], 3 * plain[labels == 1] - 1)


def test_a_generator_without_normalisation_still_scales_by_class_under_projection():
    spec = GeneratorSpec(
        architecture="mlp", sample_shape=(2,), latent_dim=4, hidden=(5, 5), normalisation="none",
        classes=3, conditioning="projection",
    )  # fmt: skip
    layers = [layer for layer in build_generator(spec).modules() if isinstance(layer, ConditionalNorm)]
    assert [type(layer.normaliser) for layer in layers] == [nn.Identity, nn.Identity]


def test_labels_missing_or_unasked_for_are_errors_that_say_so():
    conditional = build_generator(
        GeneratorSpec(architecture="mlp", sample_shape=(2,), latent_dim=4, classes=3, conditioning="embedding")
    )
    with pytest.raises(NetworkError, match="conditional \\(3 classes\\), but was called without labels"):
        conditional(torch.randn(2, 4))
    unconditional = build_discriminator(DiscriminatorSpec(architecture="mlp", sample_shape=(2,)))
    with pytest.raises(NetworkError, match="unconditional, but was called with labels"):
        unconditional(torch.randn(2, 2), torch.tensor([0, 1]))


@pytest.mark.parametrize("architecture", ["mlp", "dcgan"])
def test_under_projection_the_class_vector_makes_labels_matter_before_the_first_update(architecture):
    def spread_over_classes(label_dim):
        spec = GeneratorSpec(
            architecture=architecture, sample_shape=(1, 16, 16), latent_dim=4, classes=3, conditioning="projection",
            label_dim=label_dim,
        )  # fmt: skip
        generator = build_generator(spec).eval()
        latents = torch.randn(1, 4).expand(3, 4)
        return generator(latents, torch.arange(3)).std(dim=0).max().item()

    assert spread_over_classes(label_dim=50) > 0
    assert spread_over_classes(label_dim=0) == 0


def test_labels_as_weights_blend_the_classes_and_one_hot_weights_are_the_class():
    spec = GeneratorSpec(
        architecture="mlp", sample_shape=(2,), latent_dim=4, hidden=(5,), classes=3, conditioning="projection"
    )
    generator, latents = build_generator(spec).eval(), torch.randn(3, 4)
    with torch.no_grad():
        for layer in generator.modules():
            if isinstance(layer, ConditionalNorm):
                layer.shift.normal_()
    labels = torch.tensor([2, 0, 1])
    torch.testing.assert_close(generator(latents, nn.functional.one_hot(labels, 3).float()), generator(latents, labels))
    halfway = generator(latents, torch.full((3, 3), 1 / 3))
    assert not torch.allclose(halfway, generator(latents, labels))


def test_class_vectors_start_at_a_tenth_of_pytorchs_spread():
    from equipoise.core.randomness import seeded_generator
    from equipoise.networks import initialise

    layer = LabelVector(1000, 50)
    initialise(layer, "torch", seeded_generator(0))
    assert layer.embedding.weight.std().item() == pytest.approx(0.1, rel=0.02)
