import pytest
import torch
from torch import nn

from equipoise.core.errors import NetworkError
from equipoise.networks import DiscriminatorSpec, Packed, build_discriminator


class Recorder(nn.Module):
    def forward(self, samples, labels=None):
        self.seen = (samples, labels)
        return samples.flatten(1).sum(dim=1)


@pytest.mark.parametrize("shape", [(2,), (3, 4, 4)])
def test_packing_shows_consecutive_samples_side_by_side(shape):
    inner = Recorder()
    samples, labels = torch.randn(6, *shape), torch.arange(6)
    logits = Packed(inner, 2)(samples, labels)
    assert logits.shape == (3,)
    packs, packed_labels = inner.seen
    assert torch.equal(packs[1], torch.cat([samples[2], samples[3]]))
    assert torch.equal(packed_labels, torch.tensor([[0, 1], [2, 3], [4, 5]]))


def test_a_batch_that_does_not_divide_into_packs_is_refused_by_number():
    with pytest.raises(NetworkError, match="7 samples does not divide into packs of 3"):
        Packed(Recorder(), 3)(torch.randn(7, 2))


@pytest.mark.parametrize("architecture", ["mlp", "dcgan", "resnet"])
def test_in_a_pack_every_sample_gets_its_own_label_map(architecture):
    width = {} if architecture == "mlp" else {"width": 8}
    spec = DiscriminatorSpec(
        architecture=architecture, sample_shape=(1, 16, 16), packing=2, classes=3, conditioning="embedding", **width
    )
    network = build_discriminator(spec)
    samples = torch.randn(4, 1, 16, 16)
    logits = network(samples, torch.tensor([0, 1, 2, 2]))
    assert logits.shape == (2,)
    relabelled = network(samples, torch.tensor([1, 0, 2, 2]))
    assert relabelled[0] != logits[0]
    assert relabelled[1] == logits[1]


def test_under_projection_the_order_of_labels_within_a_pack_does_not_matter_but_their_kinds_do():
    spec = DiscriminatorSpec(
        architecture="mlp", sample_shape=(2,), packing=2, classes=3, conditioning="projection", hidden=(8,)
    )
    network, samples = build_discriminator(spec), torch.randn(2, 2)
    first, swapped, other = (network(samples, torch.tensor(labels)) for labels in ([0, 1], [1, 0], [1, 1]))
    torch.testing.assert_close(first, swapped)
    assert first != other


def test_a_packed_point_discriminator_reads_all_points_of_a_pack():
    network = build_discriminator(DiscriminatorSpec(architecture="mlp", sample_shape=(2,), packing=3, hidden=(8,)))
    samples = torch.randn(6, 2, requires_grad=True)
    network(samples)[0].backward()
    assert (samples.grad[:3] != 0).any(dim=1).all()
    assert (samples.grad[3:] == 0).all()
