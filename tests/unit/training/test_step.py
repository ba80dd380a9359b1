"""The order of a step: who learns, who stays, and that it is what the papers and the textbooks do."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy, logsigmoid

from equipoise.core.steps import Batch
from equipoise.training import descent as descent_module
from equipoise.training.optimizers import OptimizerSettings
from equipoise.training.step import discriminator_step, frozen, generator_step


def copied(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def changed(before: dict[str, torch.Tensor], module: nn.Module) -> list[str]:
    return [name for name, value in module.state_dict().items() if not torch.equal(before[name], value)]


def test_a_discriminator_step_leaves_the_generator_and_its_gradients_alone(make_state, make_game, real):
    state = make_state()
    before, d_before = copied(state.generator), copied(state.discriminator)
    discriminator_step(state, make_game(penalty="r1"), real)
    assert all(parameter.grad is None for parameter in state.generator.parameters())
    assert changed(before, state.generator) == []
    assert sorted(changed(d_before, state.discriminator)) == sorted(d_before)
    assert (state.d_updates, state.g_updates, state.images_seen) == (1, 0, 8)


def test_a_generator_step_leaves_the_discriminator_and_its_gradients_alone(make_state, make_game, real):
    state = make_state()
    before, g_before = copied(state.discriminator), copied(state.generator)
    generator_step(state, make_game(mode_seeking_weight=1.0), real)
    assert all(parameter.grad is None for parameter in state.discriminator.parameters())
    assert all(parameter.requires_grad for parameter in state.discriminator.parameters())
    assert changed(before, state.discriminator) == []
    assert sorted(changed(g_before, state.generator)) == sorted(g_before)
    assert (state.d_updates, state.g_updates, state.images_seen) == (0, 1, 0)


def test_what_the_user_froze_stays_frozen_and_unchanged(make_state, make_game, real):
    discriminator = nn.Sequential(nn.Linear(5, 4), nn.Linear(4, 1))
    discriminator[0].requires_grad_(False)
    state = make_state(discriminator=discriminator)
    before = copied(discriminator)
    discriminator_step(state, make_game(), real)
    generator_step(state, make_game(), real)
    assert [parameter.requires_grad for parameter in discriminator.parameters()] == [False, False, True, True]
    assert sorted(changed(before, discriminator)) == ["1.bias", "1.weight"]


def test_a_generator_step_that_fails_gives_the_discriminator_its_gradients_back(make_state):
    state = make_state()
    with pytest.raises(RuntimeError), frozen(state.discriminator):
        raise RuntimeError
    assert all(parameter.requires_grad for parameter in state.discriminator.parameters())


# ---- against a course page's GAN: plain autograd, plain Adam, one line after the other


class Textbook:
    """The same game, written down once more without any of our code; `game` names the losses."""

    def __init__(self, state, *, game: str, settings: OptimizerSettings) -> None:
        self.game = game
        self.generator, self.discriminator = copy.deepcopy(state.generator), copy.deepcopy(state.discriminator)
        self.rng = torch.Generator().manual_seed(0)
        self.rng.set_state(state.rng.get_state())
        rates = {"lr": settings.learning_rate, "betas": settings.betas}
        self.g_optimizer = torch.optim.Adam(self.generator.parameters(), **rates)
        self.d_optimizer = torch.optim.Adam(self.discriminator.parameters(), **rates)

    def latents(self, count: int) -> torch.Tensor:
        return torch.randn(count, 3, generator=self.rng)

    def discriminator_loss(self, x: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        d_real, d_fake = self.discriminator(x).squeeze(1), self.discriminator(fake).squeeze(1)
        if self.game == "wgan-gp":
            epsilon = torch.rand(len(x), 1, generator=self.rng)
            x_hat = (epsilon * x + (1 - epsilon) * fake).requires_grad_(True)
            gradient = torch.autograd.grad(self.discriminator(x_hat).sum(), x_hat, create_graph=True)[0]
            penalty = ((gradient.pow(2).sum(dim=1).sqrt() - 1) ** 2).mean()
            return d_fake.mean() - d_real.mean() + 10 * penalty
        if self.game == "relativistic":
            return -logsigmoid(d_real - d_fake).mean()
        ones, zeros = torch.ones(len(x)), torch.zeros(len(x))
        return binary_cross_entropy(d_real.sigmoid(), ones) + binary_cross_entropy(d_fake.sigmoid(), zeros)

    def generator_loss(self, x: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        d_fake = self.discriminator(fake).squeeze(1)
        if self.game == "wgan-gp":
            return -d_fake.mean()
        if self.game == "relativistic":
            return -logsigmoid(d_fake - self.discriminator(x).squeeze(1)).mean()
        return binary_cross_entropy(d_fake.sigmoid(), torch.ones(len(x)))

    def train_discriminator(self, x: torch.Tensor) -> None:
        fake = self.generator(self.latents(len(x))).detach()
        self.d_optimizer.zero_grad()
        self.discriminator_loss(x, fake).backward()
        self.d_optimizer.step()

    def train_generator(self, x: torch.Tensor) -> None:
        self.g_optimizer.zero_grad()
        self.generator_loss(x, self.generator(self.latents(len(x)))).backward()
        self.g_optimizer.step()


TEXTBOOK = {
    "wgan-gp": {"name": "wasserstein", "penalty": "gradient_penalty"},
    "non-saturating": {"name": "non_saturating"},
    "relativistic": {"name": "relativistic"},
}


@pytest.mark.parametrize("game", TEXTBOOK)
def test_ten_cycles_are_those_of_a_textbook_implementation(make_state, make_game, game):
    settings = OptimizerSettings(learning_rate=0.01, betas=(0.5, 0.9))
    state = make_state(optimizer=settings)
    textbook = Textbook(state, game=game, settings=settings)
    start = copied(state.generator) | {f"d.{name}": value for name, value in copied(state.discriminator).items()}
    rng = torch.Generator().manual_seed(5)
    for _ in range(10):
        for _ in range(3):
            x = torch.randn(8, 5, generator=rng)
            discriminator_step(state, make_game(**TEXTBOOK[game]), Batch(samples=x))
            textbook.train_discriminator(x)
        generator_step(state, make_game(**TEXTBOOK[game]), Batch(samples=x))
        textbook.train_generator(x)
    ours = state.generator.state_dict() | {f"d.{k}": v for k, v in state.discriminator.state_dict().items()}
    theirs = textbook.generator.state_dict() | {f"d.{k}": v for k, v in textbook.discriminator.state_dict().items()}
    if game != "non-saturating":  # the others read differences of logits alone, so D's last bias is free
        del ours["d.2.bias"]
    for name, value in ours.items():
        assert (value - start[name]).abs().max() > 0.01, f"{name} never moved, so nothing was compared"
        torch.testing.assert_close(value, theirs[name], rtol=1e-4, atol=1e-6)


def test_the_loss_told_is_the_objective_without_its_penalty(make_state, make_game, real):
    alone = discriminator_step(make_state(), make_game("wasserstein"), real)
    tamed = discriminator_step(make_state(), make_game("wasserstein", penalty="r1"), real)
    assert torch.equal(alone.loss, tamed.loss)
    assert torch.equal(alone.loss, (alone.fake_logits.mean() - alone.real_logits.mean()))
    assert [penalty.name for penalty in tamed.penalties] == ["r1"]
    assert not any(tensor.requires_grad for tensor in (tamed.loss, tamed.real_logits, tamed.penalties[0].value))


# ---- accumulation


def gradients(module: nn.Module) -> list[torch.Tensor]:
    return [parameter.grad.clone() for parameter in module.parameters()]


@pytest.mark.parametrize("name", ["non_saturating", "relativistic"])
def test_four_micro_batches_give_the_gradients_of_one(make_state, make_game, real, name, monkeypatch):
    found = []
    for micro_batches in (1, 4):
        latents = torch.randn(16, 3, generator=torch.Generator().manual_seed(7))
        tape = iter(latents.split(8 // micro_batches))
        monkeypatch.setattr(descent_module, "sample_latents", lambda *_, tape=tape, **__: next(tape))
        state = make_state()
        game = make_game(name, penalty="r1", micro_batches=micro_batches)
        d_record = discriminator_step(state, game, real)
        g_state = make_state()
        g_record = generator_step(g_state, game, real)
        found.append((gradients(state.discriminator) + gradients(g_state.generator), d_record, g_record))
        assert (state.d_updates, state.images_seen, g_state.g_updates) == (1, 8, 1)
    (whole, d_whole, g_whole), (parts, d_parts, g_parts) = found
    torch.testing.assert_close(parts, whole, rtol=1e-4, atol=1e-7)
    torch.testing.assert_close(d_parts.penalties[0].value, d_whole.penalties[0].value)
    torch.testing.assert_close((d_parts.loss, g_parts.loss), (d_whole.loss, g_whole.loss))
    torch.testing.assert_close(d_parts.real_logits, d_whole.real_logits)


# ---- constraints in the step


def test_weights_are_clipped_after_the_update_and_not_before(make_state, make_game, real):
    state = make_state(optimizer=OptimizerSettings(kind="rmsprop", learning_rate=0.5))
    discriminator_step(state, make_game("wasserstein", clip_bound=0.01), real)
    largest = torch.stack([parameter.detach().abs().max() for parameter in state.discriminator.parameters()]).max()
    assert float(largest) == pytest.approx(0.01)


def test_a_lazy_penalty_is_computed_at_every_kth_update_only_and_weighs_k_times_as_much(make_state, make_game, real):
    lazy, eager = make_state(), make_state()
    seen = [bool(discriminator_step(lazy, make_game(penalty="r1", every=3), real).penalties) for _ in range(7)]
    assert seen == [True, False, False, True, False, False, True]
    again = make_state()
    discriminator_step(again, make_game(penalty="r1", weight=10.0, every=3), real)
    discriminator_step(eager, make_game(penalty="r1", weight=30.0), real)
    assert all(
        torch.equal(a, b) for a, b in zip(gradients(again.discriminator), gradients(eager.discriminator), strict=True)
    )


class Watching(nn.Module):
    """Remembers the type of what its layer computes."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(5, 1)
        self.seen: list[torch.dtype] = []

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        logits = self.layer(samples)
        self.seen.append(logits.dtype)
        return logits


def test_in_bfloat16_the_networks_run_in_it_and_penalty_loss_and_weights_do_not(make_state, make_game, real):
    discriminator = Watching()
    state = make_state(discriminator=discriminator)
    game = make_game(penalty="r1", precision="bfloat16")
    record = discriminator_step(state, game, real)
    assert discriminator.seen == [torch.bfloat16, torch.bfloat16, torch.float32]  # reals, fakes, penalty
    assert {record.loss.dtype, record.penalties[0].value.dtype, record.real_logits.dtype} == {torch.float32}
    generator_step(state, game, real)
    for module in (state.generator, state.discriminator):
        assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}
    slots = [slot for slots in state.d_optimizer.state_dict()["state"].values() for slot in slots.values()]
    assert {slot.dtype for slot in slots} == {torch.float32}


def test_only_an_objective_that_needs_them_scores_reals_in_the_generator_step(make_state, make_game, real, monkeypatch):
    scored, original = [], descent_module.scored
    monkeypatch.setattr(
        descent_module, "scored", lambda d, samples, labels: scored.append(1) or original(d, samples, labels)
    )
    generator_step(make_state(), make_game("non_saturating"), real)
    assert len(scored) == 1
    generator_step(make_state(), make_game("relativistic"), real)
    assert len(scored) == 3


def test_a_batch_splits_in_order_with_its_labels():
    batch = Batch(samples=torch.arange(12.0).view(6, 2), labels=torch.arange(6))
    parts = list(batch.split(3))
    assert [part.labels.tolist() for part in parts] == [[0, 1], [2, 3], [4, 5]]
    assert torch.equal(torch.cat([part.samples for part in parts]), batch.samples)
    with pytest.raises(AssertionError):
        list(batch.split(4))
