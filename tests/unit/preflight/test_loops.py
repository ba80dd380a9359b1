"""Loops as people write them: healthy ones are silent about wiring, and each planted mistake is named."""

import pytest
import torch
from torch import nn, optim
from torch.nn import functional as F

import equipoise as eq
from equipoise.core.records import Severity
from equipoise.preflight import SetUp, check_setup

LATENTS, SIDE = 16, 8
PIXELS = SIDE * SIDE
BATCH = 32


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def images(channels=1, side=SIDE):
    return torch.rand(BATCH, channels, side, side) * 2 - 1


def flat_images():
    return images().flatten(1)


def named(report):
    return {finding.name for finding in report.findings}


def alarms(report):
    return [
        (finding.name, finding.symptom)
        for finding in report.findings
        if finding.severity in (Severity.WIRING, Severity.HARM, Severity.RISK)
    ]


def adams(generator, discriminator, *, lr=2e-4, betas=(0.5, 0.999)):
    return (optim.Adam(module.parameters(), lr=lr, betas=betas) for module in (generator, discriminator))


# a vanilla GAN, one function


def vanilla(bug=None):
    generator = nn.Sequential(
        nn.Linear(LATENTS, 32), nn.LeakyReLU(0.2), nn.BatchNorm1d(32, 0.8 if bug == "eps" else 1e-5),
        nn.Linear(32, PIXELS), nn.Tanh(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Linear(PIXELS, 32), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(32, 1),
        nn.Identity() if bug == "no sigmoid" else nn.Sigmoid(),
    )  # fmt: skip
    criterion = nn.BCEWithLogitsLoss() if bug in ("double sigmoid", "no sigmoid") else nn.BCELoss()
    g_optimizer, d_optimizer = adams(generator, discriminator)
    if bug == "wrong parameters":
        d_optimizer = optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    if bug == "both parameters":
        d_optimizer = optim.Adam([*discriminator.parameters(), *generator.parameters()], lr=2e-4, betas=(0.5, 0.999))
    if bug == "frozen":
        generator.requires_grad_(False)
    fixed = torch.randn(BATCH, LATENTS)
    ones, zeros, soft = torch.ones(BATCH, 1), torch.zeros(BATCH, 1), torch.full((BATCH, 1), 0.9)

    def draw():
        return fixed if bug == "fixed latents" else torch.randn(BATCH, LATENTS)

    def train_step(real):
        if bug != "stale d":
            d_optimizer.zero_grad()
        fake = generator(draw())
        judged = discriminator(fake if bug in ("leak", "attached") else fake.detach())
        targets = (zeros, ones) if bug == "swapped" else (soft, zeros)
        loss = criterion(discriminator(real), targets[0]) + criterion(judged, targets[1])
        loss.backward()
        d_optimizer.step()
        if bug not in ("leak", "stale g"):
            g_optimizer.zero_grad()
        if bug == "eval":
            generator.eval()
        loss = criterion(discriminator(generator(draw())), zeros if bug == "sign" else ones)
        if loss.requires_grad:
            loss.backward()
        g_optimizer.step()

    return SetUp(
        generator=generator,
        discriminator=discriminator,
        data=flat_images(),
        train_step=train_step,
        generator_optimizer=g_optimizer,
        discriminator_optimizer=d_optimizer,
    )


def test_a_healthy_vanilla_loop_is_silent_and_read_right():
    report = check_setup(vanilla())
    assert alarms(report) == []
    assert [test.name for test in report.tests if test.outcome == "fail"] == []
    assert report.exit_status == 0
    expected = {
        "objective": "non_saturating", "loss_function": "bce", "real_target": 0.9, "fake_target": 0.0,
        "discriminator_output": "sigmoid", "generator_output": "tanh", "d_steps": 1.0, "latent_dim": 16.0,
        "discriminator_dropout": 0.3, "generator_normalisation": "batch", "generator_beta1": 0.5,
        "fakes_detached": True, "gradients_zeroed": True, "batch_size": 32.0, "generator_min": -1.0,
    }  # fmt: skip
    assert {name: report.facts[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("bug", "finding"),
    [
        ("sign", "generator_sign"),
        ("swapped", "swapped_labels"),
        ("leak", "gradient_leak"),
        ("stale d", "stale_gradients"),
        ("stale g", "stale_gradients"),
        ("wrong parameters", "frozen_discriminator"),
        ("both parameters", "shared_optimizer"),
        ("frozen", "frozen_generator"),
        ("fixed latents", "latents_fixed"),
        ("double sigmoid", "double_sigmoid"),
        ("eval", "eval_mode_training"),
        ("eps", "normalisation_slip"),
    ],
)
def test_a_mistake_in_a_vanilla_loop_is_named(bug, finding):
    report = check_setup(vanilla(bug))
    assert finding in named(report), (report.findings, dict(report.facts))
    assert bug == "eps" or finding in {name for name, _ in alarms(report)[:2]}  # a slip of eps is only a note


def test_logits_with_their_own_cross_entropy_are_no_mistake():
    assert alarms(check_setup(vanilla("no sigmoid"))) == []


def test_fakes_with_a_graph_whose_gradients_are_cleared_in_time_are_told_and_accuse_nobody():
    report = check_setup(vanilla("attached"))
    assert report.facts["fakes_detached"] is False
    assert report.facts["generator_gradients_leak"] is False
    assert all(name != "gradient_leak" for name, _ in alarms(report))


# WGAN-GP


def penalty_of(bug=None):
    def gradient_penalty(critic, real, fake, device="cpu"):
        count = real.size(0)
        shape = {"per batch": (1, 1), "per element": real.shape}.get(bug, (count, 1))
        draw = torch.randn if bug == "normal" else torch.rand
        alpha = (
            draw(*shape, device=device).reshape(*shape[:2], *[1] * (real.ndim - 2))
            if bug != "per element"
            else (torch.rand_like(real))
        )
        mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
        scores = critic(mixed)
        (slopes,) = torch.autograd.grad(
            scores, mixed, torch.ones_like(scores), create_graph=bug != "no graph", retain_graph=True
        )
        if bug == "channels":
            return ((slopes.norm(2, dim=1) - 1) ** 2).mean()
        if bug == "elements":
            return ((slopes.abs() - 1) ** 2).mean()
        if bug == "whole":
            return (slopes.norm() - 1) ** 2
        slopes = slopes.reshape(count, -1)
        norms = slopes.square().sum(1).sqrt() if bug == "unsafe" else slopes.norm(2, dim=1)
        return ((norms - 1) ** 2).mean()

    return gradient_penalty


class Critic(nn.Module):
    def __init__(self, bug):
        super().__init__()
        self.first = nn.Conv2d(1, 16, 4, 2, 1)
        self.norm = nn.BatchNorm2d(16) if bug == "batch norm" else nn.Identity()
        self.second = nn.Linear(16 * (SIDE // 2) ** 2, 1)
        self.bug = bug

    def forward(self, x):
        scores = self.second(F.leaky_relu(self.norm(self.first(x)), 0.2).flatten(1))
        return torch.sigmoid(scores) if self.bug == "sigmoid" else scores


def wgan_gp(bug=None):
    generator = nn.Sequential(
        nn.Linear(LATENTS, 32 * 16), nn.ReLU(), nn.Unflatten(1, (32, 4, 4)),
        nn.ConvTranspose2d(32, 1, 5 if bug == "kernel" else 4, 2, 1, output_padding=0),
        nn.Upsample(size=(SIDE, SIDE)) if bug == "kernel" else nn.Identity(), nn.Tanh(),
    )  # fmt: skip
    critic = Critic(bug)
    g_optimizer, c_optimizer = adams(generator, critic, lr=1e-4, betas=(0.0, 0.9))
    penalty = penalty_of(bug)

    def train_step(real):
        for _ in range(3):
            c_optimizer.zero_grad()
            fake = generator(torch.randn(BATCH, LATENTS)).detach()
            loss = critic(fake).mean() - critic(real).mean()
            loss = -loss if bug == "critic sign" else loss
            (loss + 10 * penalty(critic, real, fake)).backward()
            c_optimizer.step()
        g_optimizer.zero_grad()
        loss = critic(generator(torch.randn(BATCH, LATENTS))).mean()
        (loss if bug == "sign" else -loss).backward()
        g_optimizer.step()

    real = (images() + 1) * 127.5 if bug == "bytes" else images()
    return SetUp(
        generator=generator, discriminator=critic, data=real, penalty=penalty, penalty_weight=10.0,
        generator_optimizer=g_optimizer, discriminator_optimizer=c_optimizer, train_step=train_step,
    )  # fmt: skip


def test_a_healthy_wgan_gp_is_silent_and_read_right():
    report = check_setup(wgan_gp())
    assert alarms(report) == []
    expected = {
        "objective": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 10.0, "d_steps": 3.0,
        "penalty_norm": "per_sample", "penalty_points": "interpolates", "penalty_interpolation": "per_sample",
        "penalty_coefficient": "uniform", "penalty_reaches_weights": True, "penalty_norm_safe": True,
        "discriminator_mixes_samples": False, "discriminator_output": "linear", "image_size": 8.0,
    }  # fmt: skip
    assert {name: report.facts[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("bug", "finding"),
    [
        ("normal", "penalty_interpolation"),
        ("per batch", "penalty_interpolation"),
        ("per element", "penalty_interpolation"),
        ("no graph", "penalty_not_wired"),
        ("channels", "penalty_norm"),
        ("elements", "penalty_norm"),
        ("whole", "penalty_norm"),
        ("unsafe", "unsafe_norm"),
        ("batch norm", "batch_norm_in_critic"),
        ("sigmoid", "squashed_critic"),
        ("sign", "generator_sign"),
        ("critic sign", "discriminator_sign"),
        ("bytes", "data_range"),
        ("kernel", "kernel_not_divisible"),
    ],
)
def test_a_mistake_in_a_wgan_gp_is_named(bug, finding):
    report = check_setup(wgan_gp(bug))
    assert finding in named(report), (named(report), dict(report.facts))


@pytest.mark.parametrize(
    ("bug", "fact", "value"),
    [
        ("per batch", "penalty_interpolation", "per_batch"),
        ("per element", "penalty_interpolation", "per_element"),
        ("normal", "penalty_coefficient", "normal"),
        ("channels", "penalty_norm", "per_channel"),
        ("elements", "penalty_norm", "per_channel"),  # the same thing where there is one channel
        ("whole", "penalty_norm", "whole_batch"),
    ],
)
def test_the_kind_of_a_penaltys_mistake_is_told(bug, fact, value):
    assert check_setup(wgan_gp(bug)).facts[fact] == value


def test_weight_clipping_is_seen_where_it_stands():
    setup = wgan_gp()
    critic, optimizer = setup.discriminator, setup.discriminator_optimizer
    g_optimizer, generator = setup.generator_optimizer, setup.generator

    def train_step(real):
        optimizer.zero_grad()
        (critic(generator(torch.randn(BATCH, LATENTS)).detach()).mean() - critic(real).mean()).backward()
        optimizer.step()
        for parameter in critic.parameters():
            parameter.data.clamp_(-0.01, 0.01)
        g_optimizer.zero_grad()
        (-critic(generator(torch.randn(BATCH, LATENTS))).mean()).backward()
        g_optimizer.step()

    report = eq.check(
        generator, critic, data=images(), train_step=train_step,
        generator_optimizer=g_optimizer, discriminator_optimizer=optimizer,
    )  # fmt: skip
    assert report.facts["clip_value"] == pytest.approx(0.01)
    assert report.facts["clip_after_step"] is True
    assert alarms(report) == []


# conditional GAN


class LabelledGenerator(nn.Module):
    def __init__(self, bug):
        super().__init__()
        self.embedding, self.bug = nn.Embedding(6, 5), bug
        self.net = nn.Sequential(
            nn.Linear(LATENTS + 5, 32), nn.LeakyReLU(0.2), nn.BatchNorm1d(32), nn.Linear(32, PIXELS), nn.Tanh()
        )

    def forward(self, z, labels):
        told = self.embedding(torch.zeros_like(labels) if self.bug == "generator deaf" else labels)
        if self.bug == "latents ignored":
            z = torch.zeros_like(z)
        return self.net(torch.cat([z, told], dim=1))


class LabelledDiscriminator(nn.Module):
    def __init__(self, bug):
        super().__init__()
        self.embedding, self.bug = nn.Embedding(6, PIXELS), bug
        self.net = nn.Sequential(nn.Linear(2 * PIXELS, 32), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(32, 1))

    def forward(self, img, labels):
        told = self.embedding(labels) * (0.0 if self.bug == "discriminator deaf" else 1.0)
        return torch.sigmoid(self.net(torch.cat([img, told], dim=1)))


def cgan(bug=None):
    generator, discriminator = LabelledGenerator(bug), LabelledDiscriminator(bug)
    g_optimizer, d_optimizer = adams(generator, discriminator)
    criterion = nn.BCELoss()

    def train_step(real, labels):
        d_optimizer.zero_grad()
        fake = generator(torch.randn(len(real), LATENTS), labels).detach()
        loss = criterion(discriminator(real, labels), torch.full((len(real), 1), 0.9))
        (loss + criterion(discriminator(fake, labels), torch.zeros(len(real), 1))).backward()
        d_optimizer.step()
        g_optimizer.zero_grad()
        wanted = torch.randint(0, 6, (len(real),))
        scores = discriminator(generator(torch.randn(len(real), LATENTS), wanted), wanted)
        criterion(scores, torch.ones(len(real), 1)).backward()
        g_optimizer.step()

    return SetUp(
        generator=generator, discriminator=discriminator, data=(flat_images(), torch.arange(BATCH) % 6),
        train_step=train_step, generator_optimizer=g_optimizer, discriminator_optimizer=d_optimizer,
    )  # fmt: skip


def test_a_healthy_cgan_is_silent_and_its_labels_are_found():
    report = check_setup(cgan())
    assert alarms(report) == []
    assert report.facts["conditional"] is True
    assert report.facts["classes"] == 6
    assert report.facts["latent_dim"] == LATENTS
    assert report.facts["label_reaches_generator"] is True
    assert report.facts["label_reaches_discriminator"] is True


@pytest.mark.parametrize(
    ("bug", "finding"),
    [
        ("generator deaf", "label_not_wired"),
        ("discriminator deaf", "label_not_wired"),
        ("latents ignored", "latents_ignored"),
    ],
)
def test_a_mistake_in_a_cgan_is_named(bug, finding):
    assert finding in named(check_setup(cgan(bug)))


# DCGAN


def dcgan_weights(module):
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)


def dcgan(bug=None):
    generator = nn.Sequential(
        nn.ConvTranspose2d(LATENTS, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU(True),
        nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True),
        nn.ConvTranspose2d(16, 3, 4, 2, 1, bias=False), *([nn.BatchNorm2d(3)] if bug == "norm at output" else []),
        nn.Tanh(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        *([nn.BatchNorm2d(3)] if bug == "norm at input" else []),
        nn.Conv2d(3, 16, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True),
        nn.Conv2d(16, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.LeakyReLU(0.2, True),
        nn.Conv2d(32, 1, 4, 1, 0, bias=False), nn.Sigmoid(), nn.Flatten(0),
    )  # fmt: skip
    generator.apply(dcgan_weights)
    discriminator.apply(dcgan_weights)
    if bug == "zeros":
        for parameter in generator.parameters():
            nn.init.zeros_(parameter)
    g_optimizer, d_optimizer = adams(generator, discriminator)
    criterion = nn.BCELoss()

    def train_step(real):
        discriminator.zero_grad()
        criterion(discriminator(real), torch.ones(len(real))).backward()
        fake = generator(torch.randn(len(real), LATENTS, 1, 1))
        criterion(discriminator(fake.detach()), torch.zeros(len(real))).backward()
        d_optimizer.step()
        generator.zero_grad()
        criterion(discriminator(fake), torch.ones(len(real))).backward()
        g_optimizer.step()

    real = (images(3, 16) + 1) / 2 if bug == "unit range" else images(3, 16)
    return SetUp(
        generator=generator, discriminator=discriminator, data=real, train_step=train_step,
        generator_optimizer=g_optimizer, discriminator_optimizer=d_optimizer,
    )  # fmt: skip


def test_a_healthy_dcgan_is_silent_although_its_discriminator_mixes_samples():
    report = check_setup(dcgan())
    assert alarms(report) == []
    assert report.facts["discriminator_mixes_samples"] is True
    assert report.facts["objective"] == "non_saturating"
    assert report.facts["upsampling"] == "transposed"
    assert report.facts["latent_dim"] == LATENTS
    assert report.facts["initialisation"] == "dcgan"
    assert report.facts["receptive_field"] == 16


@pytest.mark.parametrize(
    ("bug", "finding"),
    [
        ("norm at output", "normalisation_placement"),
        ("norm at input", "normalisation_placement"),
        ("zeros", "constant_output"),
        ("unit range", "data_range"),
    ],
)
def test_a_mistake_in_a_dcgan_is_named(bug, finding):
    assert finding in named(check_setup(dcgan(bug)))


def test_a_generator_of_zeros_is_constant_and_a_healthy_one_is_not():
    assert check_setup(dcgan("zeros")).facts["output_constant"] is True
    assert check_setup(dcgan()).facts["output_constant"] is False
