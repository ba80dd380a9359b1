"""Probes tell what direct formulas tell, and leave no trace."""

import pytest
import torch
from torch import nn

from equipoise.core.steps import DiscriminatorRecord, GeneratorRecord, PenaltyRecord
from equipoise.metrics import mean_shift, sliced_wasserstein, variance_ratio
from equipoise.probes import SampleProbe, StepProbe

REAL = torch.tensor([2.0, 1.0, 0.5, 3.0])
FAKE = torch.tensor([-1.0, 0.75, 0.0, -2.0])
G_RECORD = GeneratorRecord(fake_logits=FAKE, loss=torch.tensor(0.75))


def d_record(*penalties):
    return DiscriminatorRecord(real_logits=REAL, fake_logits=FAKE, loss=torch.tensor(0.25), penalties=penalties)


def read(family, *penalties, g_record=G_RECORD, **settings):
    return StepProbe(family=family, **settings)(nn.Linear(2, 1), d_record(*penalties), g_record)


def test_every_family_reads_means_losses_and_ranking():
    pairs = [(real > fake).item() for real in REAL for fake in FAKE]
    for family in ("logistic", "least_squares", "hinge", "wasserstein", "relativistic"):
        signals = read(family)
        assert signals["logits/real"] == pytest.approx(6.5 / 4)
        assert signals["logits/fake"] == pytest.approx(-2.25 / 4)
        assert signals["separation/ranking"] == pytest.approx(sum(pairs) / 16)
        assert signals["loss/discriminator"] == 0.25
        assert signals["loss/generator"] == 0.75


def test_probabilities_are_read_of_logistic_losses_alone():
    signals = read("logistic")
    assert signals["probability/real"] == pytest.approx((1 / (1 + (-REAL).exp())).mean().item())
    assert signals["probability/fake"] == pytest.approx((1 / (1 + (-FAKE).exp())).mean().item())
    assert not any(name.startswith("probability/") for name in read("wasserstein") | read("hinge"))


def test_the_wasserstein_estimate_has_no_penalty_in_it_and_belongs_to_that_loss_alone():
    penalty = PenaltyRecord(name="gradient_penalty", value=torch.tensor(100.0), gradient_norm=torch.tensor(11.0))
    assert read("wasserstein", penalty)["wasserstein/estimate"] == pytest.approx(6.5 / 4 + 2.25 / 4)
    assert "wasserstein/estimate" not in read("logistic") | read("relativistic")


def test_each_penalty_stands_beside_the_loss_with_its_norm():
    penalty = PenaltyRecord(name="r1", value=torch.tensor(4.0), gradient_norm=torch.tensor(2.0))
    signals = read("logistic", penalty)
    assert (signals["penalty/r1"], signals["gradient_norm/r1"]) == (4.0, 2.0)
    with_term = GeneratorRecord(fake_logits=FAKE, loss=torch.tensor(0.5), mode_seeking=torch.tensor(3.0))
    assert read("logistic", g_record=with_term)["penalty/mode_seeking"] == 3.0
    assert "penalty/mode_seeking" not in signals


def test_the_share_of_weights_at_the_bound_is_counted():
    discriminator = nn.Linear(4, 1)
    with torch.no_grad():
        discriminator.weight.copy_(torch.tensor([[0.01, -0.01, 0.005, 0.0]]))
        discriminator.bias.fill_(0.01)
    signals = StepProbe(family="wasserstein", clip_bound=0.01)(discriminator, d_record(), G_RECORD)
    assert signals["weights/share_at_bound"] == pytest.approx(3 / 5)
    assert "weights/share_at_bound" not in read("wasserstein")


def test_a_logit_that_is_no_number_is_told_and_not_hidden():
    broken = DiscriminatorRecord(
        real_logits=torch.tensor([torch.nan, 1.0]), fake_logits=torch.zeros(2), loss=torch.tensor(torch.nan)
    )
    signals = StepProbe(family="logistic")(nn.Linear(1, 1), broken, G_RECORD)
    assert all(signals[name] != signals[name] for name in ("logits/real", "separation/ranking", "loss/discriminator"))


class Restless(nn.Module):
    """A generator with everything that a careless look would disturb: dropout, running statistics, labels."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 12), nn.Tanh())

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        samples = self.net(latents).view(-1, 3, 2, 2)
        return samples if labels is None else samples * (1 + labels.view(-1, 1, 1, 1)) / 4


@pytest.fixture
def probe():
    rng = torch.Generator().manual_seed(0)
    return SampleProbe(
        latents=torch.randn(20, 3, generator=rng),
        labels=torch.arange(20) % 3,
        reference=torch.rand(20, 3, 2, 2, generator=rng) * 2 - 1,
        other_reals=torch.rand(20, 3, 2, 2, generator=rng) * 2 - 1,
    )


def test_a_look_at_samples_is_the_metrics_on_the_fixed_latents(probe):
    generator = Restless().eval()
    fake = generator(probe.latents, probe.labels).detach()
    reference = probe.reference.flatten(1)
    assert probe(generator.train()) == {
        "samples/sliced_wasserstein": sliced_wasserstein(fake.flatten(1), reference),
        "samples/sliced_wasserstein_of_reals": sliced_wasserstein(probe.other_reals.flatten(1), reference),
        "averaged/variance_ratio": variance_ratio(real=probe.reference, fake=fake),
        "averaged/mean_shift": mean_shift(real=probe.reference, fake=fake),
    }


def traces(*modules):
    """Everything that a measurement must leave as it was."""
    kept = [torch.get_rng_state()]
    for module in modules:
        kept += [value.clone() for value in module.state_dict().values()]
        kept += [torch.tensor([part.training for part in module.modules()])]
        kept += [torch.tensor([parameter.grad is None for parameter in module.parameters()])]
    return kept


@pytest.mark.parametrize("mode", [True, False])
def test_a_probe_leaves_no_trace(probe, mode):
    generator, discriminator = Restless().train(mode), nn.Linear(4, 1).train(mode)
    before = traces(generator, discriminator)
    tensors = [value.clone() for value in (probe.latents, probe.reference, REAL, FAKE)]
    first = probe(generator), StepProbe(family="wasserstein", clip_bound=0.1)(discriminator, d_record(), G_RECORD)
    again = probe(generator), StepProbe(family="wasserstein", clip_bound=0.1)(discriminator, d_record(), G_RECORD)
    after = traces(generator, discriminator)
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(tensors, (probe.latents, probe.reference, REAL, FAKE), strict=True))
    assert first == again
