"""Schedules, cadences, budgets, the rules and how they are shown: closed forms and refusals."""

import signal

import pytest

from equipoise.core.errors import SettingError
from equipoise.training import plan as plan_module
from equipoise.training.interrupt import StopRequest
from equipoise.training.plan import Budget, Cadence, Stopwatch
from equipoise.training.progress import LineDisplay, duration, headline
from equipoise.training.schedule import Schedule


def test_a_constant_schedule_is_constant():
    assert [Schedule(g_learning_rate=1.0, d_learning_rate=1.0).factor(n) for n in (0, 10**9)] == [1.0, 1.0]


def test_exponential_decay_multiplies_after_each_epoch_and_not_within_it():
    schedule = Schedule(g_learning_rate=1.0, d_learning_rate=1.0, decay="exponential", rate=0.5, epoch_images=100)
    assert [schedule.factor(n) for n in (0, 99, 100, 199, 300)] == [1.0, 1.0, 0.5, 0.5, 0.125]


def test_linear_decay_ends_at_nothing_and_stays_there():
    schedule = Schedule(g_learning_rate=1.0, d_learning_rate=1.0, decay="linear", total_images=200)
    assert [schedule.factor(n) for n in (0, 50, 200, 300)] == [1.0, 0.75, 0.0, 0.0]


def test_a_schedule_sets_each_players_own_rate(make_state):
    state = make_state()
    state.images_seen = 150
    Schedule(g_learning_rate=0.4, d_learning_rate=0.2, decay="linear", total_images=200).apply(state)
    assert [group["lr"] for group in state.g_optimizer.param_groups] == pytest.approx([0.1])
    assert [group["lr"] for group in state.d_optimizer.param_groups] == pytest.approx([0.05])


def test_a_cadence_is_due_once_an_interval_and_makes_up_for_nothing():
    cadence = Cadence(every=10.0, since=5.0)
    assert [cadence.due(now) for now in (5.0, 14.9, 15.0, 15.1, 60.0, 60.1, 70.0)] == [
        False, False, True, False, True, False, True
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("budget", "images", "seconds", "share"),
    [
        (Budget(images=100), 25, 9.0, 0.25),
        (Budget(seconds=10.0), 25, 9.0, 0.9),
        (Budget(images=100, seconds=10.0), 25, 9.0, 0.9),
        (Budget(images=100, seconds=10.0), 95, 9.0, 0.95),
        (Budget(images=100), 101, 0.0, 1.0),
    ],
)
def test_a_budget_counts_whichever_is_nearer_its_end(make_state, budget, images, seconds, share):
    state = make_state()
    state.images_seen, state.seconds = images, seconds
    assert budget.share_used(state) == pytest.approx(share)


@pytest.mark.parametrize("budget", [{}, {"images": 0}, {"seconds": -1.0}])
def test_a_budget_of_nothing_is_refused(budget):
    with pytest.raises(SettingError, match=r"images|seconds"):
        Budget(**budget)


@pytest.mark.parametrize("rule", ["latent_dim", "d_steps", "micro_batches"])
def test_rules_that_count_start_at_one(make_game, rule):
    with pytest.raises(SettingError, match=f"`{rule}` is 0"):
        make_game(**{rule: 0}) if rule != "latent_dim" else type(make_game())(
            objective=make_game().objective, latent_dim=0
        )


def test_a_reward_for_collapse_is_refused(make_game):
    with pytest.raises(SettingError, match="would reward collapse"):
        make_game(mode_seeking_weight=-1.0)


def test_a_stopwatch_goes_on_from_the_sessions_before(monkeypatch):
    now = iter([100.0, 130.0])
    monkeypatch.setattr(plan_module.time, "monotonic", lambda: next(now))
    assert Stopwatch(12.0).seconds() == pytest.approx(42.0)


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0:00"), (75.0, "1:15"), (3725.0, "1:02:05"), (59.6, "1:00")])
def test_a_duration_reads_like_a_clock(seconds, text):
    assert duration(seconds) == text


def test_the_headline_shows_the_few_numbers_that_matter_most():
    signals = {"logits/real": 1.0, "logits/fake": 2.0, "probability/real": 0.711, "probability/fake": 0.3, "x/y": 1.0}
    assert headline(signals) == "D(x) 0.711  D(G(z)) 0.3"
    assert headline({"logits/real": 1.0, "logits/fake": -2.0}) == "D(x) 1  D(G(z)) -2"
    wasserstein = {"wasserstein/estimate": 4.0, "penalty/gradient_penalty": 0.1, "gradient_norm/gradient_penalty": 1.2}
    assert headline(wasserstein | {"logits/real": 7.0}) == "W 4  penalty 0.1  |grad| 1.2"
    assert headline({"x/y": 1.0}) == ""


def test_without_a_terminal_a_line_is_printed_at_each_tenth(make_state, capsys):
    state = make_state()
    display = LineDisplay(Budget(images=100), state)
    for images in range(0, 101):
        state.images_seen = images
        display.update(state, {"wasserstein/estimate": 0.5})
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == [f"{10 * tenth}%" for tenth in range(1, 11)]
    assert "W 0.5" in lines[0]
    assert "100 images" in lines[-1]


def test_the_first_signal_asks_the_second_interrupts_and_the_handlers_come_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with StopRequest() as stop:
        assert not stop.requested
        signal.raise_signal(signal.SIGTERM)
        assert stop.requested
        signal.raise_signal(signal.SIGTERM)  # impatience of a scheduler is no reason to lose the last checkpoint
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
