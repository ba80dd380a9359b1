import torch

from equipoise.networks import GeneratorSpec, build_generator


def test_a_conditional_generator_with_attention_exports_as_a_plain_graph():
    spec = GeneratorSpec(
        architecture="resnet", sample_shape=(1, 16, 16), latent_dim=4, width=8, attention_at=8,
        classes=3, conditioning="projection",
    )  # fmt: skip
    network, latents, labels = build_generator(spec).eval(), torch.randn(2, 4), torch.tensor([0, 2])
    program = torch.export.export(network, (latents, labels))
    torch.testing.assert_close(program.module()(latents, labels), network(latents, labels))
