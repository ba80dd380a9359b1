"""One table of networks, built small; every property holds for every row it applies to."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from equipoise.core.randomness import seeded_generator
from equipoise.networks import (
    DISCRIMINATORS,
    GENERATORS,
    DiscriminatorSpec,
    GeneratorSpec,
    Packed,
    SelfAttention,
    build_discriminator,
    build_generator,
    check_discriminator,
    check_generator,
    initialise,
)

LATENTS, CLASSES, BATCH = 6, 3, 4
PLACES = [
    ("mlp", (2,)),
    ("mlp", (1, 4, 4)),
    ("dcgan", (3, 16, 16)),
    ("dcgan", (1, 28, 28)),
    ("resnet", (3, 16, 16)),
    ("resnet", (1, 64, 64)),
]
CONDITIONINGS = ["none", "embedding", "projection"]


def base(architecture, shape, conditioning):
    sizes = {"hidden": (12, 10)} if architecture == "mlp" else {"width": 8 if shape[-1] < 64 else 2}
    classes = 0 if conditioning == "none" else CLASSES
    return {
        "architecture": architecture,
        "sample_shape": shape,
        "conditioning": conditioning,
        "classes": classes,
        **sizes,
    }


def normalisations(architecture):
    return ["none", "batch", "layer"] if architecture == "mlp" else ["none", "batch", "layer", "instance"]


def name(spec):
    extras = [
        f"{key}={getattr(spec, key)}" for key in ("attention_at", "minibatch", "packing") if getattr(spec, key, None)
    ]
    shape = "x".join(map(str, spec.sample_shape))
    return "-".join([spec.architecture, shape, spec.conditioning, spec.normalisation, *extras])


GENERATOR_TABLE = [
    GeneratorSpec(latent_dim=LATENTS, normalisation=normalisation, **base(architecture, shape, conditioning))
    for architecture, shape in PLACES
    for conditioning in CONDITIONINGS
    for normalisation in ("batch", "none")
]
GENERATOR_TABLE += [replace(s, attention_at=8) for s in GENERATOR_TABLE if s.sample_shape == (3, 16, 16)]

PLAIN = [
    DiscriminatorSpec(normalisation=normalisation, **base(architecture, shape, conditioning))
    for architecture, shape in PLACES
    for conditioning in CONDITIONINGS
    for normalisation in normalisations(architecture)
]
SMALL = [s for s in PLAIN if s.sample_shape in ((2,), (3, 16, 16)) and s.normalisation in ("none", "layer")]
DISCRIMINATOR_TABLE = [
    *PLAIN,
    *(replace(s, attention_at=8) for s in SMALL if s.architecture != "mlp"),
    *(replace(s, minibatch=layer) for s in SMALL for layer in ("stddev", "discrimination")),
    *(replace(s, packing=2, minibatch="stddev") for s in SMALL),
]
every_generator = pytest.mark.parametrize("spec", GENERATOR_TABLE, ids=name)
every_discriminator = pytest.mark.parametrize("spec", DISCRIMINATOR_TABLE, ids=name)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def labels_for(spec):
    return [torch.arange(BATCH) % CLASSES] if spec.classes else []


def awake(network):
    """Attention contributes from its second step on; here from the first."""
    for layer in network.modules():
        if isinstance(layer, SelfAttention):
            nn.init.constant_(layer.gamma, 0.5)
    return network


def samples_for(spec):
    return (torch.rand(BATCH, *spec.sample_shape) * 2 - 1).requires_grad_()


def penalise(network, samples, labels):
    """Backward of the squared slope of a bent score: what any gradient penalty asks of a network."""
    logits = network(samples, *labels)
    (slope,) = torch.autograd.grad((logits + logits**2).sum(), samples, create_graph=True)
    slope.square().sum().backward()


def unreached(network):
    """Weights (not biases) without a finite, non-zero gradient."""
    return [
        key
        for key, weight in network.named_parameters()
        if weight.dim() > 1 and (weight.grad is None or not weight.grad.isfinite().all() or not weight.grad.any())
    ]


def test_the_tables_hold_every_catalogued_architecture():
    assert {spec.architecture for spec in GENERATOR_TABLE} == set(GENERATORS)
    assert {spec.architecture for spec in DISCRIMINATOR_TABLE} == set(DISCRIMINATORS)


@every_generator
def test_a_built_generator_keeps_the_contract(spec):
    report = check_generator(
        build_generator(spec), latent_dim=LATENTS, sample_shape=spec.sample_shape, classes=spec.classes
    )
    assert report.notes == ()


@every_discriminator
def test_a_built_discriminator_keeps_the_contract(spec):
    network = build_discriminator(spec)
    report = check_discriminator(network, sample_shape=spec.sample_shape, classes=spec.classes, packing=spec.packing)
    assert report.notes == ()
    assert network(samples_for(spec), *labels_for(spec)).shape == (BATCH // spec.packing,)


@every_generator
def test_the_generators_gradient_reaches_every_parameter(spec):
    network = awake(build_generator(spec))
    samples = network(torch.randn(BATCH, LATENTS), *labels_for(spec))
    (samples * torch.randn_like(samples)).sum().backward()
    assert [key for key, weight in network.named_parameters() if weight.grad is None or not weight.grad.any()] == []


@every_discriminator
@pytest.mark.parametrize("spectral", [False, True], ids=["bare", "spectral"])
def test_a_gradient_penalty_reaches_every_weight_of_the_discriminator(spec, spectral):
    network = awake(build_discriminator(spec))
    if spectral:
        for layer in list(network.modules()):
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.Embedding):
                spectral_norm(layer)
    penalise(network, samples_for(spec), labels_for(spec))
    assert unreached(network) == []


@pytest.mark.parametrize("spec", [s for s in DISCRIMINATOR_TABLE if s.conditioning == "embedding"], ids=name)
def test_the_plain_loss_reaches_the_label_embedding(spec):
    network = build_discriminator(spec)
    network(samples_for(spec), *labels_for(spec)).sum().backward()
    assert any("embedding" in key and weight.grad.any() for key, weight in network.named_parameters())


def compares_the_batch(spec):
    return spec.normalisation == "batch" or spec.minibatch != "none" or spec.packing > 1


@every_discriminator
def test_a_sample_is_scored_alone_exactly_where_nothing_compares_the_batch(spec):
    network, samples, labels = build_discriminator(spec), samples_for(spec).detach(), labels_for(spec)
    changed = samples.clone()
    changed[spec.packing :] = -0.5 * changed[spec.packing :].flip(0) + 0.3
    before, after = network(samples, *labels)[0], network(changed, *labels)[0]
    if not compares_the_batch(spec):
        torch.testing.assert_close(after, before)
    elif spec.minibatch != "none" or spec.normalisation == "batch":
        assert not torch.equal(after, before)


@pytest.mark.parametrize("spec", [s for s in DISCRIMINATOR_TABLE if s.classes], ids=name)
def test_another_label_gives_another_logit(spec):
    network, samples, (labels,) = build_discriminator(spec), samples_for(spec), labels_for(spec)
    assert not torch.isclose(
        network(samples, labels)[0], network(samples, (labels + 1) % CLASSES)[0], rtol=1e-7, atol=0
    )


@pytest.mark.parametrize("spec", [s for s in GENERATOR_TABLE if s.classes], ids=name)
def test_another_label_gives_another_sample_after_one_update(spec):
    network, latents, (labels,) = build_generator(spec), torch.randn(BATCH, LATENTS), labels_for(spec)
    samples = network(latents, labels)
    (samples * torch.randn_like(samples)).sum().backward()
    torch.optim.SGD(network.parameters(), lr=0.01).step()
    first, second = network(latents, labels * 0), network(latents, labels * 0 + 1)
    assert (first - second).abs().max() > 1e-6


@every_generator
def test_a_generator_in_eval_mode_makes_a_sample_of_its_own_latents_alone(spec):
    network, latents, labels = build_generator(spec).eval(), torch.randn(BATCH, LATENTS), labels_for(spec)
    alone = network(latents[:1], *(label[:1] for label in labels))
    torch.testing.assert_close(network(latents, *labels)[:1], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("spec", [*GENERATOR_TABLE, *DISCRIMINATOR_TABLE], ids=name)
def test_a_seed_decides_a_built_network_completely(spec):
    build = build_generator if isinstance(spec, GeneratorSpec) else build_discriminator
    twins = [build(spec), build(spec)]
    for twin in twins:
        initialise(twin, "dcgan", seeded_generator(3))
    first, second = (twin.state_dict() for twin in twins)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_packing_wraps_only_where_it_is_asked_for():
    for spec in DISCRIMINATOR_TABLE:
        assert isinstance(build_discriminator(spec), Packed) == (spec.packing > 1)
