"""The many ways in which people call their networks and order their steps: each is understood, and is healthy."""

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import relu, softplus

from equipoise.watching import Watch, watch

B, Z = 16, 8
STEPS = 24


def images() -> Tensor:
    return (torch.rand(B, 1, 8, 8) * 2 - 1) * torch.rand(B, 1, 1, 1)


class ConvGenerator(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.ConvTranspose2d(Z, 16, 4), nn.BatchNorm2d(16), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Tanh()
        )


def conv_discriminator(end: nn.Module | None = None) -> nn.Sequential:
    layers = [nn.Conv2d(1, 16, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(16, 1, 4)]
    return nn.Sequential(*layers, *([end] if end else []))


def noise() -> Tensor:
    return torch.randn(B, Z, 1, 1)


def adam(module: nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam(module.parameters(), 2e-4, (0.5, 0.999))


def understood(seen: Watch) -> None:
    """Nothing failed inside, both signs were proved right, both players move, and nothing is wrong."""
    facts = seen.facts
    assert dict(seen.trouble) == {}
    assert facts.flag("generator_sign_wrong") is False
    assert facts.flag("discriminator_sign_wrong") is False
    assert facts.flag("generator_moves")
    assert facts.flag("discriminator_moves")
    assert facts.flag("generator_in_optimizer")
    assert facts.flag("discriminator_in_optimizer")
    assert seen.exit_status == 0, seen.report()
    assert len(seen.history["lipschitz/mean"]) == 1


def d_term(scores: Tensor, target: float) -> Tensor:
    return bce(scores, torch.full_like(scores, target))


def dcgan_manner(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """Two backward passes for the discriminator, fakes used again for the generator, scores of shape (B, 1, 1, 1)."""
    d_opt, g_opt = adam(d), adam(g)
    while True:
        d.zero_grad()
        d_term(d(images()), 1.0).backward()
        fake = g(noise())
        d_term(d(fake.detach()), 0.0).backward()
        d_opt.step()
        g.zero_grad()
        d_term(d(fake), 1.0).backward()
        g_opt.step()
        yield


def generator_first(g: nn.Module, d: nn.Module) -> Iterator[None]:
    d_opt, g_opt = adam(d), adam(g)
    while True:
        real = images()
        g_opt.zero_grad()
        fake = g(noise())
        d_term(d(fake), 1.0).backward()
        g_opt.step()
        d_opt.zero_grad()
        ((d_term(d(real), 1.0) + d_term(d(fake.detach()), 0.0)) / 2).backward()
        d_opt.step()
        yield


def joined_batches(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """Reals and fakes in one batch, fakes made without a graph, scores of shape (B,)."""
    d_opt, g_opt = adam(d), adam(g)
    while True:
        with torch.no_grad():
            fake = g(noise())
        scores = d(torch.cat([images(), fake])).flatten()
        d_opt.zero_grad()
        (d_term(scores[:B], 1.0) + d_term(scores[B:], 0.0)).backward()
        d_opt.step()
        g_opt.zero_grad()
        d_term(d(g(noise())), 1.0).backward()
        g_opt.step()
        yield


def hinge_with_patches(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """A map of scores; the discriminator is frozen while the generator learns; two generator steps to one."""
    d_opt, g_opt = adam(d), adam(g)
    while True:
        d_opt.zero_grad()
        (relu(1 - d(images())).mean() + relu(1 + d(g(noise()).detach())).mean()).backward()
        d_opt.step()
        d.requires_grad_(False)
        for _ in range(2):
            g_opt.zero_grad()
            (-d(g(noise())).mean()).backward()
            g_opt.step()
        d.requires_grad_(True)
        yield


def both_at_once(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """Both losses, then both steps."""
    d_opt, g_opt = adam(d), adam(g)
    while True:
        fake = g(noise())
        g_opt.zero_grad()
        d_term(d(fake), 1.0).backward()
        d_opt.zero_grad()
        (d_term(d(images()), 1.0) + d_term(d(fake.detach()), 0.0)).backward()
        g_opt.step()
        d_opt.step()
        yield


def accumulated(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """Gradients of three small batches are added up before each step: legitimate, not stale."""
    d_opt, g_opt = adam(d), adam(g)
    while True:
        d_opt.zero_grad()
        for _ in range(3):
            ((d_term(d(images()), 1.0) + d_term(d(g(noise()).detach()), 0.0)) / 3).backward()
        d_opt.step()
        g_opt.zero_grad()
        for _ in range(3):
            (d_term(d(g(noise())), 1.0) / 3).backward()
        g_opt.step()
        yield


def lazy_r1(g: nn.Module, d: nn.Module) -> Iterator[None]:
    d_opt, g_opt = adam(d), adam(g)
    step = 0
    while True:
        real = images().requires_grad_(step % 4 == 0)
        scores = d(real)
        loss = softplus(-scores).mean() + softplus(d(g(noise()).detach())).mean()
        if step % 4 == 0:
            (slope,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
            loss = loss + 4 * 0.05 * slope.square().sum(dim=(1, 2, 3)).mean()
        d_opt.zero_grad()
        loss.backward()
        d_opt.step()
        g_opt.zero_grad()
        softplus(-d(g(noise()))).mean().backward()
        g_opt.step()
        step += 1
        yield


def half_precision(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """Autocast, and a loss scaler with a bound on the gradient."""
    d_opt, g_opt = adam(d), adam(g)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    while True:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = d_term(d(images()), 1.0) + d_term(d(g(noise()).detach()), 0.0)
        d_opt.zero_grad()
        scaler.scale(loss).backward()
        scaler.unscale_(d_opt)
        nn.utils.clip_grad_norm_(d.parameters(), 0.5)
        scaler.step(d_opt)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = d_term(d(g(noise())), 1.0)
        g_opt.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(g_opt)
        scaler.update()
        yield


def least_squares(g: nn.Module, d: nn.Module) -> Iterator[None]:
    d_opt, g_opt = adam(d), adam(g)
    while True:
        d_opt.zero_grad()
        (0.5 * ((d(images()) - 1) ** 2).mean() + 0.5 * (d(g(noise()).detach()) ** 2).mean()).backward()
        d_opt.step()
        g_opt.zero_grad()
        (0.5 * ((d(g(noise())) - 1) ** 2).mean()).backward()
        g_opt.step()
        yield


def relativistic(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """The generator's loss reads the reals too."""
    d_opt, g_opt = adam(d), adam(g)
    while True:
        real, fake = images(), g(noise())
        d_opt.zero_grad()
        softplus(d(fake.detach()) - d(real)).mean().backward()
        d_opt.step()
        g_opt.zero_grad()
        softplus(d(real) - d(fake)).mean().backward()
        g_opt.step()
        yield


def augmented(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """Both sides are shifted and dimmed on the way to the discriminator."""
    d_opt, g_opt = adam(d), adam(g)

    def augment(batch: Tensor) -> Tensor:
        return 0.7 * batch + 0.05 * torch.randn_like(batch) + 0.1

    while True:
        d_opt.zero_grad()
        (d_term(d(augment(images())), 1.0) + d_term(d(augment(g(noise()).detach())), 0.0)).backward()
        d_opt.step()
        g_opt.zero_grad()
        d_term(d(augment(g(noise()))), 1.0).backward()
        g_opt.step()
        yield


LOOPS = [
    (dcgan_manner, "gan"),
    (generator_first, "gan"),
    (joined_batches, "gan"),
    (hinge_with_patches, "hinge"),
    (both_at_once, "gan"),
    (accumulated, "gan"),
    (lazy_r1, "stylegan2"),
    (half_precision, "gan"),
    (least_squares, "lsgan"),
    (relativistic, "rpgan"),
    (augmented, "gan"),
]


def run(loop: Callable[[nn.Module, nn.Module], Iterator[None]], g: nn.Module, d: nn.Module, seen: Watch) -> None:
    rounds = loop(g, d)
    for _ in range(STEPS):
        next(rounds)
        seen.step()


@pytest.mark.parametrize(("loop", "objective"), LOOPS, ids=lambda value: getattr(value, "__name__", value))
def test_a_healthy_loop_is_understood(loop, objective):
    torch.manual_seed(0)
    g = ConvGenerator()
    d = conv_discriminator() if loop is not hinge_with_patches else nn.Sequential(nn.Conv2d(1, 1, 4, 2, 1))
    with watch(g, d, objective=objective, on_finding=None) as seen:
        run(loop, g, d, seen)
        understood(seen)


def noisy_targets(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """A harmful habit, and no wrong sign: two targets in five are turned round at random."""
    d_opt, g_opt = adam(d), adam(g)

    def turned(scores: Tensor, target: float) -> Tensor:
        return bce(scores, (torch.rand_like(scores) < 0.4).float() * (1 - 2 * target) + target)

    while True:
        d_opt.zero_grad()
        (turned(d(images()), 1.0) + turned(d(g(noise()).detach()), 0.0)).backward()
        d_opt.step()
        g_opt.zero_grad()
        d_term(d(g(noise())), 1.0).backward()
        g_opt.step()
        yield


def test_targets_turned_round_at_random_are_no_wrong_sign():
    torch.manual_seed(0)
    g, d = ConvGenerator(), conv_discriminator()
    rounds = noisy_targets(g, d)
    with watch(g, d, objective="gan", every=1, on_finding=None) as seen:
        for _ in range(60):
            next(rounds)
            seen.step()
            wrong = [seen.facts.flag(f"{player}_sign_wrong") for player in ("generator", "discriminator")]
            assert True not in [*wrong, seen.facts.flag("labels_swapped")]


def turned_hinge(g: nn.Module, d: nn.Module) -> Iterator[None]:
    """The discriminator's targets are exchanged; soon all scores lie beyond the margins, where it has no slope."""
    d_opt, g_opt = torch.optim.Adam(d.parameters(), 5e-3), adam(g)
    while True:
        d_opt.zero_grad()
        (relu(1 + d(images())).mean() + relu(1 - d(g(noise()).detach())).mean()).backward()
        d_opt.step()
        g_opt.zero_grad()
        (-d(g(noise())).mean()).backward()
        g_opt.step()
        yield


def test_a_wrong_sign_stays_known_when_the_slopes_are_gone():
    torch.manual_seed(0)
    g, d = ConvGenerator(), conv_discriminator()
    rounds = turned_hinge(g, d)
    with watch(g, d, objective="hinge", every=1, on_finding=None) as seen:
        for _ in range(8):
            next(rounds)
            seen.step()
        assert seen.facts.flag("discriminator_sign_wrong")
        for _ in range(120):
            next(rounds)
            seen.step()
        assert d(images()).max() < -1
        assert d(g(noise())).min() > 1
        assert seen.facts.flag("discriminator_sign_wrong")
