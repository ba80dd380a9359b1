"""A watched loop runs as it would without: to the bit, without hooks left behind, whatever goes wrong inside."""

import copy
import io
import pickle
import weakref
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.optimizer import _global_optimizer_post_hooks, _global_optimizer_pre_hooks

import equipoise as eq
from equipoise.core.errors import SettingError
from equipoise.watching import watch

STEPS = 26


def state_of(outcome) -> list[torch.Tensor]:
    """Everything that either network holds, and the next numbers of the random streams.

    Python's own stream is left out: the type checks of the test run draw from it.
    """
    tensors = [*outcome.generator.state_dict().values(), *outcome.discriminator.state_dict().values()]
    parameters = [*outcome.generator.parameters(), *outcome.discriminator.parameters()]
    tensors += [p.grad for p in parameters if p.grad is not None]
    flags = [float(p.requires_grad) for p in parameters]
    flags += [float(m.training) for net in (outcome.generator, outcome.discriminator) for m in net.modules()]
    drawn = [float(torch.rand(())), float(np.random.rand())]
    return [*tensors, torch.tensor(flags), torch.tensor(drawn)]


@pytest.mark.parametrize(
    ("loop", "bugs"),
    [
        ("vanilla", ()),
        ("vanilla", ("leak",)),
        ("vanilla", ("frozen discriminator",)),
        ("vanilla", ("raw data",)),
        ("wgan_gp", ()),
        ("wgan_gp", ("norm in critic", "no create_graph")),
        ("cgan", ()),
        ("cgan", ("no zero_grad",)),
    ],
)
def test_weights_buffers_gradients_modes_and_random_streams_are_those_of_the_loop_alone(play, loop, bugs):
    np.random.seed(0)
    alone = state_of(play(loop, STEPS, *bugs, watched=False))
    np.random.seed(0)
    outcome = play(loop, STEPS, *bugs, every=5)
    assert dict(outcome.watch.trouble) == {}
    if "frozen discriminator" not in bugs:  # which never learns from a real, so none is known
        assert len(outcome.watch.history["samples/mean_shift"]) >= 4
    both = list(zip(alone, state_of(outcome), strict=True))
    assert all(torch.equal(a, b) for a, b in both)


def test_its_own_passes_are_not_taken_for_the_loops(play):
    seen = play("wgan_gp", 20).watch._observer._recorder.seen
    assert seen == {"generator": 20 * 6, "discriminator": 20 * (5 * 3 + 1)}


def test_closing_takes_every_hook_away(play):
    outcome = play("wgan_gp", 4)
    others = len(_global_optimizer_pre_hooks) - 1
    assert outcome.generator._forward_hooks
    outcome.watch.close()
    for network in (outcome.generator, outcome.discriminator):
        assert not network._forward_hooks
        assert not any(p._backward_hooks for p in network.parameters())
    assert len(_global_optimizer_pre_hooks) == len(_global_optimizer_post_hooks) == others
    outcome.watch.step()
    assert outcome.watch.report()


def test_a_watch_that_is_dropped_takes_its_hooks_along(play):
    outcome = play("vanilla", 4)
    others = len(_global_optimizer_pre_hooks) - 1
    gone = weakref.ref(outcome.watch)
    outcome.watch = None
    assert gone() is None  # without waiting for the garbage collector
    assert not outcome.generator._forward_hooks
    assert len(_global_optimizer_pre_hooks) == others


class Saved(torch.autograd.Function):
    """The identity, which tells when its graph is gone."""

    alive: ClassVar[weakref.WeakSet] = weakref.WeakSet()

    @staticmethod
    def forward(ctx, x):
        Saved.alive.add(ctx)
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


class Marked(nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return Saved.apply(super().forward(x))


def test_no_graph_outlives_its_step_and_no_batch_outlives_a_look():
    g, d = Marked(4, 2), nn.Linear(2, 1)
    optimizers = [torch.optim.SGD(net.parameters(), 0.01) for net in (g, d)]
    with watch(g, d, objective="wgan", on_finding=None) as seen:
        for _ in range(60):
            real, fake = torch.randn(8, 2), g(torch.randn(8, 4))
            (d(fake.detach()) - d(real)).mean().backward()
            optimizers[1].step()
            d(fake).mean().neg().backward()
            optimizers[0].step()
            del fake, real
            assert len(Saved.alive) == 0
            seen.step()
        recorder, ledger = seen._observer._recorder, seen._observer._ledger
        assert not recorder.open
        assert [len(kept) for kept in (recorder.made, recorder.scored, recorder.passes)] == [0, 0, 0]
        assert (ledger.real, ledger.fake, ledger.lesson) == (None, None, None)


class Capricious(nn.Module):
    """Returns something else each time."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Linear(2, 1)
        self.calls = 0

    def forward(self, x: torch.Tensor) -> object:
        self.calls += 1
        return [self.net(x), {"score": self.net(x)}, (None, self.net(x)), self.net(x).sum()][self.calls % 4]


def test_networks_nobody_can_understand_do_not_stop_the_loop():
    g, d = nn.Linear(4, 2), Capricious()
    d_opt = torch.optim.SGD(d.parameters(), 0.01)
    with watch(g, d, objective="wgan-gp", on_finding=None) as seen:
        for _ in range(30):
            out = d(torch.randn(8, 2))
            score = out if isinstance(out, torch.Tensor) else out["score"] if isinstance(out, dict) else out[-1]
            d_opt.zero_grad()
            score.mean().backward()
            d_opt.step()
            seen.step()
        assert isinstance(seen.report(), str)


def test_what_goes_wrong_inside_is_told_once_and_stays_inside(play, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("no such thing\nmore")

    monkeypatch.setattr("equipoise.watching.observer.probe_signals", broken)
    monkeypatch.setattr("equipoise.watching.recorder.Recorder.note_slope", broken)
    with pytest.raises(RuntimeError, match="no such thing"):  # the break is real ...
        broken()
    monkeypatch.undo()
    monkeypatch.setattr("equipoise.watching.observer.probe_signals", broken)
    outcome = play("vanilla", STEPS)
    assert outcome.watch.report().count("watch could not measure the game because RuntimeError: no such thing") == 1
    assert "more" not in outcome.watch.trouble["measure the game"]


@pytest.mark.parametrize("place", ["samples_of", "score_of", "form_of", "_current_pass", "_origin"])
def test_a_hook_that_fails_does_not_reach_the_loop(play, monkeypatch, place):
    def broken(*_: object) -> None:
        raise ValueError("broken on purpose")

    monkeypatch.setattr(f"equipoise.watching.recorder.{place}", broken)
    outcome = play("wgan_gp", 5)
    assert any("broken on purpose" in reason for reason in outcome.watch.trouble.values())


def test_a_callback_that_fails_does_not_reach_the_loop(play):
    def refuse(_: object) -> None:
        raise KeyError("mine")

    outcome = play("vanilla", 8, "leak", on_finding=refuse)
    assert "gradient_leak" in {finding.name for finding in outcome.watch.findings}
    assert "KeyError" in outcome.watch.trouble["tell of a finding"]


def test_a_log_that_cannot_be_written_does_not_reach_the_loop(play, tmp_path):
    outcome = play("vanilla", 22, log=tmp_path / "absent" / "log.jsonl")
    assert "FileNotFoundError" in outcome.watch.trouble["write its journal"]


def test_copies_and_pickles_of_a_watched_network_are_not_watched(play):
    outcome = play("vanilla", 3)
    average = copy.deepcopy(outcome.generator)
    restored = pickle.loads(pickle.dumps(outcome.generator))
    buffer = io.BytesIO()
    torch.save(outcome.generator, buffer)
    before = dict(outcome.watch._observer._recorder.seen)
    for network in (average, restored):
        network(torch.randn(4, 16))
    assert outcome.watch._observer._recorder.seen == before
    outcome.generator(torch.randn(4, 16))
    assert outcome.watch._observer._recorder.seen["generator"] == before["generator"] + 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objective": "wganp"}, "one of minimax, non_saturating"),
        ({"every": 0}, "`every` is 0"),
        ({"facts": {"lambda_gq": 10.0}}, "unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_loop_begins(options, message):
    before = len(_global_optimizer_pre_hooks)
    with pytest.raises(SettingError, match=message):
        eq.watch(nn.Linear(4, 2), nn.Linear(2, 1), **options)
    assert len(_global_optimizer_pre_hooks) == before
