"""A stranger's penalty is called, recognised and judged, against penalties written here."""

import pytest
import torch
from torch import nn

from equipoise.constraints import CONSTRAINTS
from equipoise.core.errors import SettingError
from equipoise.preflight import SetUp, check_setup
from equipoise.probes.active.penalty_points import distribution_of


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def checked(penalty, *, critic=None, weight=None, labels=False):
    class Generator(nn.Sequential):
        pass

    generator = Generator(nn.Linear(8, 48), nn.Tanh(), nn.Unflatten(1, (3, 4, 4)))
    critic = critic or nn.Sequential(nn.Flatten(), nn.Linear(48, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    data = torch.rand(16, 3, 4, 4) * 2 - 1
    setup = SetUp(
        generator=generator, discriminator=critic, penalty=penalty, penalty_weight=weight,
        data=(data, torch.arange(16) % 4) if labels else data,
    )  # fmt: skip
    return check_setup(setup).facts


def slopes_at(critic, points, **told):
    scores = critic(points, **told)
    return torch.autograd.grad(scores.sum(), points, create_graph=True)[0].flatten(1)


def mixed(real, fake):
    share = torch.rand(len(real), 1, 1, 1)
    return (share * real + (1 - share) * fake).requires_grad_(True)


def two_sided(critic, real, fake):
    return (slopes_at(critic, mixed(real, fake)).norm(dim=1) - 1).square().mean()


def test_the_usual_signatures_are_understood():
    def with_device(netD, real_data, fake_data, device):  # noqa: N803  (a name people use)
        return two_sided(netD, real_data.to(device), fake_data)

    def other_order(real_samples, fake_samples, D):  # noqa: N803  (and another)
        return two_sided(D, real_samples, fake_samples)

    def unnamed(a, b, c):
        return two_sided(a, b, c)

    def with_weight(critic, real, fake, lambda_gp=10.0):
        return lambda_gp * two_sided(critic, real, fake), None

    def by_keyword(*, discriminator, real, fake):
        return two_sided(discriminator, real, fake)

    for penalty in (with_device, other_order, unnamed, by_keyword):
        facts = checked(penalty)
        assert facts["penalty"] == "gradient_penalty"
        assert facts["penalty_norm"] == "per_sample"
        assert facts["penalty_coefficient"] == "uniform"
        assert "penalty_weight" not in facts
    assert checked(with_weight)["penalty_weight"] == 10
    assert checked(with_weight, weight=2.0)["penalty_weight"] == 20


def test_a_closure_over_the_discriminator_is_watched_all_the_same():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(48, 1))
    facts = checked(lambda real, fake: two_sided(critic, real, fake), critic=critic)
    assert facts["penalty_points"] == "interpolates"
    assert facts["penalty_norm"] == "per_sample"


def test_labels_are_handed_on():
    class Labelled(nn.Module):
        def __init__(self):
            super().__init__()
            self.score, self.table = nn.Linear(48, 1), nn.Embedding(4, 48)

        def forward(self, x, labels):
            return self.score(x.flatten(1) * self.table(labels))

    def penalty(critic, real, fake, labels):
        return (slopes_at(critic, mixed(real, fake), labels=labels).norm(dim=1) - 1).square().mean()

    assert checked(penalty, critic=Labelled(), labels=True)["penalty_norm"] == "per_sample"


def squares_at(critic, *samples):
    points = (sample.detach().requires_grad_(True) for sample in samples)
    return sum(slopes_at(critic, point).square().sum(1).mean() for point in points)


def around_reals(critic, real):
    noisy = (real + 0.5 * real.std() * torch.rand_like(real)).requires_grad_(True)
    return (slopes_at(critic, noisy).norm(dim=1) - 1).square().mean()


def one_sided(critic, real, fake):
    return (slopes_at(critic, mixed(real, fake)).norm(dim=1) - 1).relu().square().mean()


@pytest.mark.parametrize(
    ("penalty", "kind", "points"),
    [
        (lambda critic, real: 0.5 * squares_at(critic, real), "r1", "real"),
        (lambda critic, real, fake: 5.0 * squares_at(critic, fake), "r2", "fake"),
        (lambda critic, real, fake: squares_at(critic, real, fake), "r1_r2", None),
        (one_sided, "one_sided_gradient_penalty", "interpolates"),
        (around_reals, "dragan", "noise"),
    ],
)
def test_other_penalties_are_told_apart(penalty, kind, points):
    facts = checked(penalty)
    assert facts["penalty"] == kind
    assert facts.get("penalty_points") == points
    assert facts["penalty_reaches_weights"] is True
    assert "penalty_interpolation" not in facts or points == "interpolates"


def test_a_critic_that_is_flat_at_first_is_not_taken_for_a_detached_penalty():
    critic = nn.Sequential(nn.Flatten(), nn.Linear(48, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    nn.init.zeros_(critic[3].weight)
    assert checked(two_sided, critic=critic)["penalty_reaches_weights"] is True


@pytest.mark.parametrize("name", ["gradient_penalty", "one_sided_gradient_penalty", "dragan"])
def test_our_own_penalties_pass(name):
    facts = checked(CONSTRAINTS[name]())
    assert facts["penalty"] == name
    assert facts["penalty_norm_safe"] is True
    assert facts["penalty_reaches_weights"] is True


def test_a_penalty_that_cannot_be_called_is_refused_with_what_was_tried():
    def penalty(one, two, three, four, five, six):
        raise AssertionError

    with pytest.raises(SettingError, match=r"Tried \(discriminator, real, fake\)"):
        checked(penalty)


def test_a_penalty_of_another_discriminator_is_not_judged():
    other = nn.Sequential(nn.Flatten(), nn.Linear(48, 1))
    facts = checked(lambda real, fake: two_sided(other, real, fake))
    assert facts["penalty"] == "other"
    assert "penalty_norm" not in facts


@pytest.mark.parametrize("seed", range(20))
def test_distributions_are_told_apart(seed):
    generator = torch.Generator().manual_seed(seed)
    uniform = torch.rand(512, generator=generator, dtype=torch.float64)
    normal = torch.randn(512, generator=generator, dtype=torch.float64)
    assert distribution_of(uniform.numpy()) == "uniform"
    assert distribution_of(normal.numpy()) == "normal"
    assert distribution_of((1 - normal).numpy()) == "normal"
    assert distribution_of(uniform.square().numpy()) == "other"
    assert distribution_of((0 * uniform + 0.5).numpy()) == "other"
