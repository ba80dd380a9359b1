"""Training steps in the many shapes that people give them: none is accused of what it does not do."""

import warnings

import pytest
import torch
from torch import nn, optim
from torch.nn import functional as F

import equipoise as eq
from equipoise.core.records import Severity

BATCH, LATENTS, PIXELS = 32, 16, 64
ONES, ZEROS = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)


class Game:
    """Two networks, their optimisers and a step that a test fills in."""

    def __init__(self, *, sigmoid=False, spectral=False, optimizer=optim.Adam, **settings):
        wrap = nn.utils.spectral_norm if spectral else lambda layer: layer
        self.g = nn.Sequential(nn.Linear(LATENTS, 32), nn.ReLU(), nn.Linear(32, PIXELS), nn.Tanh())
        self.d = nn.Sequential(
            wrap(nn.Linear(PIXELS, 32)), nn.LeakyReLU(0.2), wrap(nn.Linear(32, 1)),
            nn.Sigmoid() if sigmoid else nn.Identity(),
        )  # fmt: skip
        settings = settings or {"lr": 2e-4, "betas": (0.0, 0.9)}
        self.g_optimizer = optimizer(self.g.parameters(), **settings)
        self.d_optimizer = optimizer(self.d.parameters(), **settings)

    def fake(self):
        return self.g(torch.randn(BATCH, LATENTS))

    def checked(self, step, **more):
        return eq.check(
            self.g, self.d, data=torch.rand(BATCH, PIXELS) * 2 - 1, train_step=step,
            generator_optimizer=self.g_optimizer, discriminator_optimizer=self.d_optimizer, **more,
        )  # fmt: skip

    def update_g(self, loss):
        self.g_optimizer.zero_grad()
        loss.backward()
        self.g_optimizer.step()

    def update_d(self, loss):
        self.d_optimizer.zero_grad()
        loss.backward()
        self.d_optimizer.step()


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def wiring(report):
    return [finding.name for finding in report.findings if finding.severity is Severity.WIRING]


def silent(report, **facts):
    assert wiring(report) == []
    assert [test.name for test in report.tests if test.outcome == "fail"] == []
    assert {name: report.facts.get(name) for name in facts} == facts
    assert report.facts["gradients_zeroed"] is True
    assert report.facts["fakes_detached"] is True
    assert report.facts["generator_gradients_leak"] is False
    return report


def test_the_generator_first_and_the_same_fakes_for_both():
    game = Game(sigmoid=True)

    def step(real):
        fake = game.fake()
        game.update_g(F.binary_cross_entropy(game.d(fake), ONES))
        judged = F.binary_cross_entropy(game.d(fake.detach()), ZEROS)
        game.update_d((F.binary_cross_entropy(game.d(real), ONES) + judged) / 2)

    silent(game.checked(step), objective="non_saturating", loss_function="bce", real_target=1.0)


def test_a_hinge_with_spectral_norm_and_a_discriminator_frozen_meanwhile():
    game = Game(spectral=True)

    def step(real):
        game.d.requires_grad_(True)
        for _ in range(5):
            with torch.no_grad():
                fake = game.fake()
            game.update_d(F.relu(1 - game.d(real)).mean() + F.relu(1 + game.d(fake)).mean())
        game.d.requires_grad_(False)
        game.update_g(-game.d(game.fake()).mean())
        game.d.requires_grad_(True)

    silent(game.checked(step), objective="hinge", d_steps=5.0, spectral_norm=True)


def test_both_gradients_before_both_steps():
    game = Game()

    def step(real):
        game.g_optimizer.zero_grad()
        fake = game.fake()
        F.softplus(-game.d(fake)).mean().backward()
        game.d_optimizer.zero_grad()
        (F.softplus(game.d(fake.detach())).mean() + F.softplus(-game.d(real)).mean()).backward()
        game.g_optimizer.step()
        game.d_optimizer.step()

    report = silent(game.checked(step), d_steps=1.0)
    assert "signs" in {miss.name for miss in report.could_not}


def test_a_penalty_on_the_very_scores_of_the_loss():
    game = Game()

    def step(real):
        real = real.detach().requires_grad_(True)
        scores = game.d(real)
        (slopes,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
        penalty = 5 * slopes.square().sum(1).mean()
        game.update_d(F.softplus(-scores).mean() + F.softplus(game.d(game.fake().detach())).mean() + penalty)
        game.update_g(F.softplus(-game.d(game.fake())).mean())

    silent(game.checked(step), objective="non_saturating", real_target=1.0, loss_function="bce_with_logits")


def test_a_relativistic_pair():
    game = Game()

    def step(real):
        game.update_d(F.softplus(game.d(game.fake().detach()) - game.d(real)).mean())
        game.update_g(F.softplus(game.d(real) - game.d(game.fake())).mean())

    silent(game.checked(step))


def test_reals_and_fakes_in_one_batch():
    game = Game()

    def step(real):
        scores = game.d(torch.cat([real, game.fake().detach()]))
        game.update_d(F.binary_cross_entropy_with_logits(scores, torch.cat([0.9 * ONES, ZEROS])))
        game.update_g(F.binary_cross_entropy_with_logits(game.d(game.fake()), ONES))

    silent(game.checked(step), objective="non_saturating", real_target=0.9, fake_target=0.0)


def test_least_squares():
    game = Game()

    def step(real):
        game.update_d(((game.d(real) - 1) ** 2).mean() + (game.d(game.fake().detach()) ** 2).mean())
        game.update_g(((game.d(game.fake()) - 1) ** 2).mean())

    silent(game.checked(step), objective="least_squares", real_target=1.0, fake_target=0.0)


def test_noise_before_the_discriminator():
    game = Game()

    def noisy(samples):
        return samples + 0.1 * torch.randn_like(samples)

    def step(real):
        game.update_d(F.softplus(-game.d(noisy(real))).mean() + F.softplus(game.d(noisy(game.fake().detach()))).mean())
        game.update_g(F.softplus(-game.d(noisy(game.fake()))).mean())

    silent(game.checked(step), objective="non_saturating")


@pytest.mark.parametrize("first", range(5))
def test_a_generator_that_is_trained_every_fifth_call(first):
    game, calls = Game(optimizer=optim.RMSprop, lr=5e-5), [first]

    def step(real):
        game.update_d(game.d(game.fake().detach()).mean() - game.d(real).mean())
        for parameter in game.d.parameters():
            parameter.data.clamp_(-0.01, 0.01)
        calls[0] += 1
        if calls[0] % 5 == 0:
            game.update_g(-game.d(game.fake()).mean())

    silent(game.checked(step), objective="wasserstein", d_steps=5.0, clip_after_step=True)


def test_a_generator_whose_optimiser_never_steps_is_named():
    game = Game()

    def step(real):
        game.update_d(game.d(game.fake().detach()).mean() - game.d(real).mean())

    report = game.checked(step)
    assert "frozen_generator" in wiring(report)
    assert "never stepped" in str(report)


def test_low_scores_for_reals_and_weights_clipped_before_the_step():
    """The first published WGAN code: gradients are given to `backward`, and both players are turned round."""
    game = Game(optimizer=optim.RMSprop, lr=5e-5)
    one = torch.tensor(1.0)

    def step(real):
        for _ in range(3):
            for parameter in game.d.parameters():
                parameter.data.clamp_(-0.01, 0.01)
            game.d.zero_grad()
            game.d(real).mean().backward(one)
            game.d(game.fake().detach()).mean().backward(-one)
            game.d_optimizer.step()
        game.g.zero_grad()
        game.d(game.fake()).mean().backward(one)
        game.g_optimizer.step()

    report = game.checked(step)
    assert "low scores mean real" in " ".join(str(report).split())
    assert report.facts["generator_sign_wrong"] is False
    assert report.facts["clip_after_step"] is False
    assert report.facts["clip_value"] == pytest.approx(0.01)


def test_a_wrapped_optimiser_is_unwrapped():
    game = Game()

    class Wrapper(optim.Optimizer):
        def __init__(self, optimizer):
            super().__init__(optimizer.param_groups[0]["params"], {"lr": 1.0})
            self.optimizer = optimizer

        def step(self, closure=None):
            self.optimizer.step()

    report = eq.check(game.g, game.d, data=torch.rand(8, PIXELS), generator_optimizer=Wrapper(game.g_optimizer))
    assert report.facts["generator_optimizer"] == "adam"
    assert report.facts["generator_beta1"] == 0.0


def test_networks_inside_data_parallel_and_traced_ones():
    game = Game()
    real = torch.rand(8, PIXELS)
    parallel = eq.check(nn.DataParallel(game.g), nn.DataParallel(game.d), data=(real, torch.arange(8)))
    assert wiring(parallel) == []
    assert parallel.facts["latent_dim"] == LATENTS
    assert parallel.facts["generator_output"] == "tanh"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch would rather see another compiler used
        traced = torch.jit.trace(game.g, torch.randn(2, LATENTS)), torch.jit.trace(game.d, real)
    report = eq.check(*traced, data=real, latents=LATENTS)
    assert wiring(report) == []
    assert report.facts["discriminator_mixes_samples"] is False
