"""Frameworks around a loop: what wraps the networks, the optimisers and the calls."""

import pytest
import torch
from torch import Tensor, nn

from equipoise.watching import Watch, watch
from equipoise.watching.wrappers import called_module, eager

STEPS = 22


def networks() -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(0)
    g = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 16), nn.Tanh())
    d = nn.Sequential(nn.Linear(16, 64), nn.LeakyReLU(0.2), nn.Linear(64, 1))
    return g, d


def loss(scores: Tensor, target: float) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def adam(module: nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam(module.parameters(), 2e-4, (0.5, 0.999))


def train(g: nn.Module, d: nn.Module, seen: Watch, optimizers: tuple[object, object], *, leak: bool = False) -> None:
    g_opt, d_opt = optimizers
    for _ in range(STEPS):
        fake = g(torch.randn(32, 8))
        d_opt.zero_grad()
        g_opt.zero_grad()
        (loss(d(torch.rand(32, 16) * 2 - 1), 1.0) + loss(d(fake if leak else fake.detach()), 0.0)).backward()
        d_opt.step()
        loss(d(g(torch.randn(32, 8))), 1.0).backward()
        g_opt.step()
        if not leak:
            g_opt.zero_grad()
        seen.step()


def understood(seen: Watch, *, leak: bool) -> None:
    assert dict(seen.trouble) == {}
    facts = seen.facts
    assert facts.flag("generator_sign_wrong") is False
    assert facts.flag("generator_in_optimizer")
    assert facts.flag("discriminator_moves")
    assert facts.flag("generator_gradients_leak") is leak
    assert len(seen.history["samples/mean_shift"]) == 1
    assert [f.name for f in seen.findings if f.severity.rank <= 2] == (["gradient_leak"] if leak else [])


class DistributedDataParallel(nn.Module):
    """Stands in for PyTorch's, which needs a process group: it holds the network as `module` and calls it."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, *args: object, **kwargs: object) -> object:
        return self.module(*args, **kwargs)


@pytest.mark.parametrize("leak", [False, True])
@pytest.mark.parametrize("given", ["wrapper", "network"])
def test_distributed_wrappers(leak, given):
    inner = networks()
    g, d = map(DistributedDataParallel, inner)
    with watch(*((g, d) if given == "wrapper" else inner), objective="gan", on_finding=None) as seen:
        train(g, d, seen, (adam(g), adam(d)), leak=leak)
        understood(seen, leak=leak)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # the compiler's own
def test_compiled_networks():
    inner = networks()
    g, d = (torch.compile(net, backend="eager") for net in inner)
    assert called_module(g) is g
    assert eager(g) is inner[0]
    with watch(g, d, objective="gan", on_finding=None) as seen:
        train(g, d, seen, (adam(g), adam(d)), leak=True)
        understood(seen, leak=True)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
def test_networks_compiled_after_the_watch_began_run_on_unseen():
    inner = networks()
    with watch(*inner, objective="gan", on_finding=None) as seen:
        g, d = (torch.compile(net, backend="eager", fullgraph=True) for net in inner)
        train(g, d, seen, (adam(g), adam(d)))
        assert dict(seen.trouble) == {}


class PreparedOptimizer(torch.optim.Optimizer):
    """As Accelerate's: an optimiser to look at, which hands every step to the one inside."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer

    @property
    def param_groups(self) -> list[dict[str, object]]:
        return self.optimizer.param_groups

    def step(self, closure: object = None) -> None:
        self.optimizer.step()

    def zero_grad(self, set_to_none: bool = True) -> None:
        self.optimizer.zero_grad(set_to_none)


class RegisteredOptimizer(PreparedOptimizer):
    """One whose own step is announced too, around that of the one inside."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer
        self._optimizer_step_pre_hooks: dict[int, object] = {}
        self._optimizer_step_post_hooks: dict[int, object] = {}
        self._patch_step_function()


@pytest.mark.parametrize("wrapped", [PreparedOptimizer, RegisteredOptimizer])
@pytest.mark.parametrize("leak", [False, True])
def test_prepared_optimizers(leak, wrapped):
    g, d = networks()
    with watch(g, d, objective="gan", on_finding=None) as seen:
        train(g, d, seen, (wrapped(adam(g)), wrapped(adam(d))), leak=leak)
        assert seen._observer.taken == (STEPS, STEPS)
        understood(seen, leak=leak)
        assert seen.facts["d_steps"] == seen.facts["g_steps"] == 1.0


class ManualModule(nn.Module):
    """A module in the manner of manual optimisation: it owns both networks, toggles who learns, and steps closures."""

    def __init__(self) -> None:
        super().__init__()
        self.generator, self.discriminator = networks()
        self.pair = adam(self.generator), adam(self.discriminator)

    def toggle(self, learner: nn.Module) -> None:
        for network in (self.generator, self.discriminator):
            network.requires_grad_(network is learner)

    def training_step(self, real: Tensor) -> None:
        g_opt, d_opt = self.pair
        self.toggle(self.generator)
        fake = self.generator(torch.randn(len(real), 8))
        loss(self.discriminator(fake), 1.0).backward()
        g_opt.step()
        g_opt.zero_grad()
        self.toggle(self.discriminator)
        judged = self.discriminator(self.generator(torch.randn(len(real), 8)).detach())
        ((loss(self.discriminator(real), 1.0) + loss(judged, 0.0)) / 2).backward()
        d_opt.step(lambda: None)
        d_opt.zero_grad()
        self.requires_grad_(True)


def test_manual_optimisation_with_toggled_players():
    module = ManualModule()
    with watch(module.generator, module.discriminator, objective="gan", on_finding=None) as seen:
        for _ in range(STEPS):
            module.training_step(torch.rand(32, 16) * 2 - 1)
            seen.step()
        understood(seen, leak=False)


class AuxiliaryClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(16, 64), nn.LeakyReLU(0.2))
        self.score, self.classes = nn.Linear(64, 1), nn.Linear(64, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features = self.body(x)
        return self.score(features), self.classes(features)


class Named(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.names, self.net = nn.Embedding(4, 8), networks()[0]

    def forward(self, labels: Tensor, z: Tensor) -> Tensor:
        return self.net(z * self.names(labels))


def test_an_auxiliary_classifier_and_a_generator_that_takes_labels_first():
    g, d = Named(), AuxiliaryClassifier()
    g_opt, d_opt = adam(g), adam(d)
    cross = nn.functional.cross_entropy
    with watch(g, d, objective="acgan", on_finding=None) as seen:
        for _ in range(STEPS):
            labels = torch.randint(0, 4, (32,))
            fake = g(labels, torch.randn(32, 8))
            (real_score, real_class), (score, _) = d(torch.rand(32, 16) * 2 - 1), d(fake.detach())
            d_opt.zero_grad()
            (loss(real_score, 1.0) + loss(score, 0.0) + cross(real_class, labels)).backward()
            d_opt.step()
            score, named = d(fake)
            g_opt.zero_grad()
            (loss(score, 1.0) + cross(named, labels)).backward()
            g_opt.step()
            seen.step()
        understood(seen, leak=False)
        assert seen.facts.flag("label_reaches_generator")
        assert seen.facts.flag("conditional")
