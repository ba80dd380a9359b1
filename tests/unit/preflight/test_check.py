"""What `eq.check` takes, what it infers and says, and that it leaves no trace."""

import copy
import json
import random
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

import equipoise as eq
from equipoise.core.errors import DataError, EquipoiseError, NetworkError, SettingError
from equipoise.core.records import Severity
from equipoise.networks import DiscriminatorSpec, GeneratorSpec, build_discriminator, build_generator
from equipoise.objectives import OBJECTIVES
from equipoise.preflight.setup import check_kinds


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def mlp_generator(latents=8, pixels=16):
    return nn.Sequential(nn.Linear(latents, 16), nn.ReLU(), nn.Linear(16, pixels), nn.Tanh())


def mlp_discriminator(pixels=16):
    return nn.Sequential(nn.Linear(pixels, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))


def reals(*shape):
    return torch.rand(16, *shape) * 2 - 1


def alarms(report):
    return [finding.name for finding in report.findings if finding.severity is Severity.WIRING]


# what it takes


@pytest.mark.parametrize(
    "wrap",
    [
        lambda x, y: x,
        lambda x, y: x.numpy(),
        lambda x, y: (x, y),
        lambda x, y: [x],
        lambda x, y: TensorDataset(x, y),
        lambda x, y: DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True),
        lambda x, y: iter([(x, y)]),
    ],
)
def test_data_may_come_in_many_ways(wrap):
    report = eq.check(mlp_generator(), mlp_discriminator(), data=wrap(reals(16), torch.arange(16) % 3))
    assert alarms(report) == []
    assert report.facts["conditional"] is False


def test_labels_that_nobody_takes_are_mentioned_and_left_out():
    report = eq.check(mlp_generator(), mlp_discriminator(), data=(reals(16), torch.arange(16)))
    assert "neither network takes any" in str(report)


def test_images_are_flattened_for_a_discriminator_that_wants_them_flat_and_it_says_so():
    report = eq.check(mlp_generator(), mlp_discriminator(), data=reals(1, 4, 4))
    assert "(1, 4, 4) are flattened" in str(report)
    assert report.facts["generator_max"] == 1


@pytest.mark.parametrize("latents", [None, 8, torch.randn(16, 8), lambda count: torch.rand(count, 8) * 2 - 1])
def test_latents_may_be_left_out_counted_given_or_drawn(latents):
    report = eq.check(mlp_generator(), mlp_discriminator(), data=reals(16), latents=latents)
    assert report.facts["latent_dim"] == 8
    assert report.facts["latents_used"] is True


def test_a_network_that_gives_no_numbers_before_training_is_told():
    class Broken(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(8, 16)

        def forward(self, z):
            return torch.log(self.layer(z) - 100.0)

    report = eq.check(Broken(), mlp_discriminator(), data=reals(16))
    assert report.facts["nan_seen"] is True
    assert "non_finite" in {finding.name for finding in report.findings}
    assert "nan_seen" not in eq.check(mlp_generator(), mlp_discriminator(), data=reals(16)).facts


def test_an_auxiliary_classifier_and_a_map_of_patches_are_scored():
    class Auxiliary(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Conv2d(3, 8, 4, 2, 1)
            self.patch, self.classes = nn.Conv2d(8, 1, 3, 1, 1), nn.Linear(8 * 16, 4)

        def forward(self, x):
            features = self.body(x).relu()
            return torch.sigmoid(self.patch(features)), self.classes(features.flatten(1)).softmax(1)

    class Told(nn.Module):
        def __init__(self):
            super().__init__()
            self.net, self.table = mlp_generator(8, 192), nn.Embedding(4, 8)

        def forward(self, noise, labels):
            return self.net(noise * self.table(labels)).view(-1, 3, 8, 8)

    report = eq.check(Told(), Auxiliary(), data=(reals(3, 8, 8), torch.arange(16) % 4), loss=nn.BCELoss())
    assert report.facts["discriminator_output"] == "sigmoid"
    assert report.facts["loss_function"] == "bce"
    assert report.facts["label_reaches_generator"] is True
    assert "label_reaches_discriminator" not in report.facts
    assert alarms(report) == []


def test_labels_may_come_first_and_belong_to_one_player_only():
    class LabelFirst(nn.Module):
        def __init__(self):
            super().__init__()
            self.net, self.table = mlp_generator(), nn.Embedding(3, 8)

        def forward(self, labels, z):
            return self.net(z + self.table(labels))

    report = eq.check(LabelFirst(), mlp_discriminator(), data=(reals(16), torch.arange(16) % 3))
    assert "generator(labels, inputs)" in str(report)
    assert report.facts["label_reaches_generator"] is True
    assert report.facts["label_reaches_discriminator"] is False
    assert "label_not_wired" in {finding.name for finding in report.findings}


def test_a_label_that_says_nothing_until_it_is_trained_is_wired_all_the_same():
    class Neutral(nn.Module):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.layer, self.table = nn.Linear(inputs, outputs), nn.Embedding(3, outputs)
            nn.init.zeros_(self.table.weight)

        def forward(self, x, labels):
            return self.layer(x) + self.table(labels)

    report = eq.check(Neutral(8, 16), Neutral(16, 1), data=(reals(16), torch.arange(16) % 3))
    assert report.facts["label_reaches_generator"] is True
    assert report.facts["label_reaches_discriminator"] is True


def test_a_criterion_says_what_the_loss_is_but_not_how_it_is_used():
    report = eq.check(mlp_generator(), mlp_discriminator(), data=reals(16), loss=nn.BCEWithLogitsLoss())
    assert report.facts["loss_function"] == "bce_with_logits"
    assert "real_target" not in report.facts
    assert "signs" in {miss.name for miss in report.could_not}


def test_a_cross_entropy_of_probabilities_on_logits_is_reported_and_stops_nothing():
    report = eq.check(mlp_generator(), mlp_discriminator(), data=reals(16), loss=nn.BCELoss())
    assert report.facts["loss_function"] == "bce"
    assert report.facts["discriminator_output"] == "linear"
    assert "missing_sigmoid" in {finding.name for finding in report.findings}
    assert "its loss fails on its own scores" in str(report)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_an_objective_of_ours_may_be_given(name):
    report = eq.check(mlp_generator(), mlp_discriminator(), data=reals(16), objective=OBJECTIVES[name]())
    assert report.facts["objective"] == name


def test_what_is_said_is_known_and_what_is_measured_wins():
    facts = {"d_steps": 5, "discriminator_output": "sigmoid"}
    report = eq.check(mlp_generator(), mlp_discriminator(), data=reals(16), objective="wgan-gp", facts=facts)
    assert report.facts["d_steps"] == 5
    assert report.facts["penalty"] == "gradient_penalty"
    assert report.facts["discriminator_output"] == "linear"
    assert "penalty" in {miss.name for miss in report.could_not}


# our own networks


@pytest.mark.parametrize(
    ("architecture", "classes", "conditioning", "more"),
    [
        ("mlp", 0, "none", {}),
        ("mlp", 3, "embedding", {"minibatch": "discrimination"}),
        ("dcgan", 0, "none", {"normalisation": "batch"}),
        ("dcgan", 3, "projection", {"normalisation": "instance", "minibatch": "stddev"}),
        ("dcgan", 0, "none", {"packing": 2}),
        ("resnet", 3, "projection", {"normalisation": "layer"}),
    ],
)
def test_our_own_networks_are_healthy(architecture, classes, conditioning, more):
    shape, labels = (1, 16, 16), {"classes": classes, "conditioning": conditioning}
    size = {"hidden": (32,)} if architecture == "mlp" else {"width": 8}
    generator = build_generator(
        GeneratorSpec(architecture=architecture, sample_shape=shape, latent_dim=8, **labels, **size)
    )
    discriminator = build_discriminator(
        DiscriminatorSpec(architecture=architecture, sample_shape=shape, **labels, **size, **more)
    )
    report = eq.check(
        generator, discriminator, data=(reals(*shape), torch.arange(16) % 3), objective=OBJECTIVES["hinge"]()
    )
    worse = [finding.name for finding in report.findings if finding.severity.rank < Severity.NOTE.rank]
    assert worse == []
    assert report.facts["receptive_field" if architecture != "mlp" else "latent_dim"] in (16, 8)
    assert report.facts.get("packing", 1) == more.get("packing", 1)
    assert report.facts.get("minibatch_layer", False) is ("minibatch" in more)
    assert report.facts["discriminator_normalisation"] == more.get("normalisation", "none")


# no trace


def everything(modules, optimizers):
    """All that a check could change, as bytes and plain values."""
    found = []
    for module in modules:
        for layer in module.modules():
            found.append((type(layer).__name__, layer.training, sorted(vars(layer)), len(layer._forward_hooks)))
            found += [value.detach().numpy().tobytes() for value in vars(layer).values() if torch.is_tensor(value)]
            found += [value for value in vars(layer).values() if isinstance(value, int | float)]
        for tensor in [*module.parameters(), *module.buffers()]:
            gradient = None if tensor.grad is None else (id(tensor.grad), tensor.grad.numpy().tobytes())
            hooks = len(getattr(tensor, "_backward_hooks", None) or ())
            found.append((id(tensor), tensor.detach().numpy().tobytes(), tensor.requires_grad, gradient, hooks))
    for optimizer in optimizers:
        found.append(str(optimizer.state_dict()["param_groups"]))
        found += [
            (name, value.numpy().tobytes() if torch.is_tensor(value) else value)
            for state in optimizer.state.values()
            for name, value in state.items()
        ]
        found.append(len(optimizer._optimizer_step_pre_hooks))
    # Python's own stream has a test of its own: the run-time checks of annotations draw from it
    found += [torch.get_rng_state().numpy().tobytes(), np.random.get_state()[1].tobytes()]
    return found


class Restless(nn.Module):
    """Changes all that a network can change when it is called."""

    def __init__(self):
        super().__init__()
        self.body = nn.utils.spectral_norm(nn.Linear(16, 16))
        self.head = nn.utils.parametrizations.spectral_norm(nn.Linear(16, 1))
        self.norm, self.drop = nn.BatchNorm1d(16), nn.Dropout(0.3)
        self.calls, self.seen, self.memory = 0, [], torch.zeros(3)

    def forward(self, x):
        self.calls += 1
        self.seen.append(len(x))
        self.memory += 1
        return self.head(self.drop(self.norm(self.body(x)).relu()))


@pytest.mark.parametrize("steps_before", [0, 2])
def test_a_check_leaves_no_trace(steps_before):
    generator, discriminator = mlp_generator(), Restless()
    optimizers = [optim.Adam(generator.parameters(), 1e-3), optim.SGD(discriminator.parameters(), 0.1, momentum=0.5)]

    def train_step(real):
        random.random()
        np.random.rand()
        for optimizer, sign in zip(optimizers, (-1, 1), strict=True):
            optimizer.zero_grad()
            fake, judged = generator(torch.randn(len(real), 8)), discriminator(real)
            (sign * (discriminator(fake).mean() - judged.mean())).backward()
            optimizer.step()
            optimizer.param_groups[0]["lr"] *= 0.9

    def penalty(critic, real, fake):
        points = (real + fake).requires_grad_(True)
        (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
        return slopes.square().sum()

    real = reals(16)
    for _ in range(steps_before):
        train_step(real)
    before = everything([generator, discriminator], optimizers)
    eq.check(
        generator, discriminator, data=real, penalty=penalty, train_step=train_step,
        generator_optimizer=optimizers[0], discriminator_optimizer=optimizers[1],
        generator_loss=lambda fake: -fake.mean(), discriminator_loss=lambda real, fake: fake.mean() - real.mean(),
    )  # fmt: skip
    assert everything([generator, discriminator], optimizers) == before


def test_a_run_goes_on_after_a_check_as_if_there_had_been_none():
    def run(checked):
        torch.manual_seed(3)
        generator, discriminator = mlp_generator(), mlp_discriminator()
        optimizer = optim.Adam(discriminator.parameters(), 1e-2)
        real = reals(16)
        for step in range(4):
            if checked and step == 2:
                eq.check(generator, discriminator, data=real, discriminator_optimizer=optimizer)
            optimizer.zero_grad()
            fake = generator(torch.randn(16, 8)).detach()
            (discriminator(fake).mean() - discriminator(real).mean()).backward()
            optimizer.step()
        return [parameter.detach().clone() for parameter in discriminator.parameters()]

    assert all(torch.equal(a, b) for a, b in zip(run(False), run(True), strict=True))


def test_a_failing_check_leaves_no_trace_either():
    generator, discriminator = mlp_generator(), Restless()
    real = reals(16)
    before = everything([generator, discriminator], [])
    with pytest.raises(SettingError):
        eq.check(generator, discriminator, data=real, penalty=lambda one: one.nothing)
    assert everything([generator, discriminator], []) == before


def test_a_network_can_still_be_copied_after_a_check():
    """Spectral normalisation leaves a tensor with a graph behind after a call, which copy refuses."""
    discriminator = Restless()
    eq.check(mlp_generator(), discriminator, data=reals(16))
    copy.deepcopy(discriminator)


def test_pythons_random_stream_is_put_back_too():
    """In a process of its own, without the run-time checks of annotations, which draw from it."""
    code = (
        "import random; from equipoise.probes.active.snapshot import as_it_was\n"
        "random.seed(3); expected = random.random(); random.seed(3)\n"
        "with as_it_was(()): random.random()\n"
        "assert random.random() == expected"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# refusals


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"objective": "wgna"}, SettingError, "objective"),
        ({"latents": 9}, NetworkError, "takes none of the latents"),
        ({"latents": -1}, SettingError, "`latents` is -1"),
        ({"data": {"image": 1}}, DataError, "dict with the keys"),
        ({"data": torch.zeros(2, 16)}, DataError, "at least 4"),
        ({"data": torch.full((8, 16), float("nan"))}, DataError, "NaN"),
        ({"data": []}, DataError, "0 parts"),
        ({"data": torch.zeros(8, 15)}, NetworkError, "fails on the batch"),
        ({"generator": mlp_generator(8, 4)}, NetworkError, "returned shape"),
        ({"data": (torch.zeros(8, 16), torch.zeros(7))}, DataError, "7 labels"),
        ({"discriminator": nn.Bilinear(16, 16, 1)}, NetworkError, "no labels"),
        ({"facts": {"colour": 1.0}}, SettingError, "unknown"),
    ],
)
def test_what_cannot_work_is_refused_in_words(changed, error, message):
    arguments = {"generator": mlp_generator(), "discriminator": mlp_discriminator(), "data": reals(16)}
    with pytest.raises(error, match=message):
        eq.check(**{**arguments, **changed})


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"generator": 3}, "`generator` is 3"),
        ({"generator_optimizer": "adam"}, "Give a torch optimiser"),
        ({"penalty": 10.0}, "`penalty` is 10.0. Give a function"),
        ({"objective": [3]}, "`objective` is a list"),
        ({"labels": [0, 1]}, "Give a tensor"),
    ],
)
def test_parts_of_the_wrong_kind_are_refused(parts, message):
    with pytest.raises(SettingError, match=message):
        check_kinds({"generator": mlp_generator(), "discriminator": mlp_discriminator(), **parts})


def test_a_training_step_that_fails_is_told_with_its_reason():
    generator, discriminator = mlp_generator(), mlp_discriminator()
    optimizers = {
        "generator_optimizer": optim.Adam(generator.parameters()),
        "discriminator_optimizer": optim.Adam(discriminator.parameters()),
    }

    def train_step(real):
        raise ZeroDivisionError("no")

    with pytest.raises(SettingError, match="ZeroDivisionError: no"):
        eq.check(generator, discriminator, data=reals(16), train_step=train_step, **optimizers)
    with pytest.raises(SettingError, match="is called with"):
        eq.check(generator, discriminator, data=reals(16), train_step=lambda a, b, c: None, **optimizers)


# the command

MODULE = """
import torch
from torch import nn

def build():
    torch.manual_seed(0)
    return {
        "generator": nn.Sequential(nn.Linear(8, 16), nn.Tanh()),
        "discriminator": nn.Sequential(nn.Linear(16, 1), nn.Sigmoid()),
        "data": torch.rand(16, 16) * 2 - 1,
        "generator_loss": lambda fake: -fake.mean(),
        "discriminator_loss": lambda real, fake: fake.mean() - real.mean(),
    }

def healthy():
    return {**build(), "discriminator": nn.Linear(16, 1)}

def short():
    return {"generator": nn.Linear(1, 1), "critic": None}

def nothing():
    return None
"""


@pytest.fixture
def module(tmp_path):
    (tmp_path / "my_gan.py").write_text(MODULE)
    (tmp_path / "needy.py").write_text("import surely_not_installed")
    return tmp_path


def command(folder, *arguments):
    code = "from equipoise.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "check", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_command_prints_the_report_and_ends_with_its_status(module):
    broken = command(module, "my_gan:build", "--json", "--fact", "d_steps=5")
    assert broken.returncode == 5
    told = json.loads(broken.stdout)
    assert told["facts"]["d_steps"] == 5
    assert "squashed_critic" in {finding["name"] for finding in told["findings"]}
    assert {"name", "outcome", "sentence"} == set(told["tests"][0])
    assert told["could_not"]


def test_mistakes_in_the_command_are_told(module, monkeypatch, capsys):
    from equipoise.cli.main import main

    monkeypatch.chdir(module)
    monkeypatch.syspath_prepend(str(module))
    main(["check", "my_gan:healthy", "--fact", "penalty=gradient_penalty"])
    assert "discriminator's output is not squashed" in " ".join(capsys.readouterr().out.split())
    for target, message in {
        "my_gan": "is no MODULE:FUNCTION",
        "my_gan.py:build": "is no MODULE:FUNCTION",
        "my_gna:build": "There is no module 'my_gna'",
        "needy:build": "needs 'surely_not_installed'",
        "my_gan:biuld": "build",
        "my_gan:short": "without discriminator, data and with critic",
        "my_gan:nothing": "returned a NoneType",
    }.items():
        with pytest.raises(SystemExit) as ended:
            main(["check", target])
        assert ended.value.code == 2
        assert message in capsys.readouterr().err


def test_errors_are_of_one_family():
    assert issubclass(NetworkError, EquipoiseError)
