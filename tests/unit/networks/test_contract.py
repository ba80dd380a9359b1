import pytest
import torch
from torch import nn

from equipoise.core.errors import NetworkError
from equipoise.networks import (
    DiscriminatorSpec,
    GeneratorSpec,
    build_discriminator,
    build_generator,
    check_discriminator,
    check_generator,
)

IMAGE = (1, 4, 4)


class Wrapped(nn.Module):
    """A network with one layer and a forward of the test's choosing."""

    def __init__(self, forward, layer):
        super().__init__()
        self.layer = layer
        self.forward = forward.__get__(self)


def generator(forward):
    return Wrapped(forward, nn.Linear(8, 16))


def discriminator(forward):
    return Wrapped(forward, nn.Linear(16, 1))


def check_g(module, classes=0):
    return check_generator(module, latent_dim=8, sample_shape=IMAGE, classes=classes)


def check_d(module, classes=0, packing=1):
    return check_discriminator(module, sample_shape=IMAGE, classes=classes, packing=packing)


def image_of(values):
    return values.unflatten(1, IMAGE)


def tanh_images(self, latents):
    return image_of(self.layer(latents).tanh())


def plain_logits(self, samples):
    return self.layer(samples.flatten(1))


def test_a_good_pair_passes_with_its_parameter_count_and_without_notes():
    report = check_g(generator(tanh_images))
    assert (report.name, report.parameters, report.notes) == ("Wrapped", 8 * 16 + 16, ())
    assert check_d(discriminator(plain_logits)).parameters == 17
    assert check_d(discriminator(lambda self, samples: self.layer(samples.flatten(1)).squeeze(1))).notes == ()


def test_a_linear_image_generator_passes_while_it_stays_in_range():
    assert check_g(generator(lambda self, latents: image_of(self.layer(latents) * 0.01))).notes == ()


GENERATOR_FAULTS = {
    "wrong shape": (lambda self, latents: self.layer(latents).tanh(), r"\(4, 16\).*expected \(4, 1, 4, 4\).*Unflatten"),
    "beyond range": (lambda self, latents: image_of(self.layer(latents) * 100), r"\[-1, 1\].*nn\.Tanh"),
    "not finite": (lambda self, latents: image_of(self.layer(latents) / 0), "16 of 64|64 of 64"),
    "no gradient": (lambda self, latents: image_of(self.layer(latents).tanh().detach()), "without a gradient.*detach"),
    "integers": (lambda self, latents: image_of(self.layer(latents)).int(), "torch.int32.*floating"),
    "not a tensor": (lambda self, latents: [self.layer(latents)], "returned a list"),
    "crash": (lambda self, latents: self.layer(latents[:, :3]), r"failed on a batch of shape \(4, 8\)"),
}


@pytest.mark.parametrize("fault", GENERATOR_FAULTS)
def test_a_generator_that_breaks_the_contract_is_told_what_came_back(fault):
    forward, message = GENERATOR_FAULTS[fault]
    with pytest.raises(NetworkError, match=f"(?s)Wrapped .*({message})"):
        check_g(generator(forward))


DISCRIMINATOR_FAULTS = {
    "one score": (lambda self, samples: plain_logits(self, samples).mean(), r"shape \(\).*expected \(4,\) or \(4, 1\)"),
    "patch scores": (lambda self, samples: samples * self.layer.weight.mean(), r"\(4, 1, 4, 4\).*scores\.mean"),
    "sigmoid": (
        lambda self, samples: plain_logits(self, samples).sigmoid(),
        "ends in Sigmoid; losses take logits: remove it",
    ),
    "sigmoid, reshaped": (lambda self, samples: plain_logits(self, samples).sigmoid().view(-1), "ends in Sigmoid"),
    "log-sigmoid": (lambda self, samples: nn.LogSigmoid()(plain_logits(self, samples)), "ends in LogSigmoid"),
    "sigmoid, squeezed": (lambda self, samples: plain_logits(self, samples).sigmoid().squeeze(), "ends in Sigmoid"),
    "not finite": (lambda self, samples: plain_logits(self, samples) * float("nan"), "4 of 4 values"),
}


@pytest.mark.parametrize("fault", DISCRIMINATOR_FAULTS)
def test_a_discriminator_that_breaks_the_contract_is_told_what_came_back(fault):
    forward, message = DISCRIMINATOR_FAULTS[fault]
    with pytest.raises(NetworkError, match=f"(?s)Wrapped .*{message}"):
        check_d(discriminator(forward))


def test_a_last_sigmoid_module_is_found_as_well():
    with pytest.raises(NetworkError, match="Sequential ends in Sigmoid"):
        check_d(nn.Sequential(nn.Flatten(), nn.Linear(16, 1), nn.Sigmoid()))


def test_a_sigmoid_inside_is_none_of_our_business():
    check_d(nn.Sequential(nn.Flatten(), nn.Linear(16, 3), nn.Sigmoid(), nn.Linear(3, 1)))


def test_a_network_that_cannot_learn_or_has_no_weights_is_refused():
    frozen = discriminator(plain_logits).requires_grad_(False)
    with pytest.raises(NetworkError, match=r"no trainable parameters \(2 frozen\)"):
        check_d(frozen)
    with pytest.raises(NetworkError, match=r"meta device.*to_empty"):
        check_d(nn.Sequential(nn.Flatten(), nn.Linear(16, 1, device="meta")))


def test_a_lazy_network_is_asked_to_run_once_first():
    with pytest.raises(NetworkError, match="lazy layers"):
        check_d(nn.Sequential(nn.Flatten(), nn.LazyLinear(1)))


def test_labels_that_forward_does_not_take_or_cannot_do_without_are_named():
    with pytest.raises(
        NetworkError, match=r"'latents', 'labels'.*With 3 classes it must be `forward\(self, latents, labels\)`"
    ):
        check_g(generator(tanh_images), classes=3)
    with pytest.raises(NetworkError, match="Without classes it is called with samples alone"):
        check_d(discriminator(lambda self, samples, labels: plain_logits(self, samples)))


def test_labels_without_any_effect_earn_a_note():
    report = check_d(discriminator(lambda self, samples, labels: plain_logits(self, samples)), classes=3)
    assert len(report.notes) == 1
    assert "the same for classes 0 and 2" in report.notes[0]


def test_a_generator_that_ends_in_a_sigmoid_earns_a_note():
    report = check_g(generator(lambda self, latents: image_of(self.layer(latents).sigmoid())))
    assert "ends in Sigmoid" in report.notes[0]


@pytest.mark.parametrize("conditioning", ["embedding", "projection"])
def test_labels_of_a_network_built_here_never_look_unused_even_while_they_start_neutral(conditioning):
    shape = (1, 16, 16)
    for architecture, sizes in (("mlp", {}), ("dcgan", {"width": 8}), ("resnet", {"width": 8})):
        conditional = {"architecture": architecture, "sample_shape": shape, "classes": 3, "conditioning": conditioning}
        g = build_generator(GeneratorSpec(latent_dim=8, **conditional, **sizes))
        assert check_generator(g, latent_dim=8, sample_shape=shape, classes=3).notes == ()
        d = build_discriminator(DiscriminatorSpec(packing=2, **conditional, **sizes))
        assert check_discriminator(d, sample_shape=shape, classes=3, packing=2).notes == ()


def test_a_point_generator_may_go_anywhere():
    points = generator(lambda self, latents: 100 * self.layer(latents)[:, :2])
    assert check_generator(points, latent_dim=8, sample_shape=(2,)).notes == ()


def test_a_packed_discriminator_owes_one_logit_a_pack():
    with pytest.raises(NetworkError, match=r"8 samples in packs of 2, expected \(4,\)"):
        check_d(discriminator(plain_logits), packing=2)


class Busy(nn.Module):
    """Changes all it can while it runs: statistics, a rebound buffer, a weight, its mode, the global stream."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(16, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, samples, labels):
        self.calls = self.calls + 1
        with torch.no_grad():
            self.net[1].weight.mul_(1.5)
        logits = self.net(samples) * torch.rand(())
        self.net[3].eval()
        return logits + labels[:, None]


@pytest.mark.parametrize("forward_fails", [False, True])
def test_a_check_leaves_weights_statistics_modes_and_the_global_stream_as_they_were(forward_fails):
    module = Busy()
    module.net[0].eval()
    tensors = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    values = {name: tensor.detach().clone() for name, tensor in tensors.items()}
    modes, stream = [layer.training for layer in module.modules()], torch.get_rng_state()

    if forward_fails:
        with pytest.raises(NetworkError, match="failed on a batch"):
            check_discriminator(module, sample_shape=(2, 4, 4), classes=2)
    else:
        check_d(module, classes=2)

    after = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    for name, tensor in after.items():
        assert tensor is tensors[name], name
        assert torch.equal(tensor, values[name]), name
    assert [layer.training for layer in module.modules()] == modes
    assert torch.equal(torch.get_rng_state(), stream)
    assert all(parameter.grad is None for parameter in module.parameters())
