"""The pieces that recognise batches, gradients and penalties, each against what is known beforehand."""

import json
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from equipoise.probes.active.slopes import Slopes
from equipoise.reports.diagnosis import diagnose
from equipoise.watching.calls import form_of, samples_of, score_of
from equipoise.watching.carried import made_of
from equipoise.watching.kinship import descends, drawn_from, mixture_of, place_in
from equipoise.watching.ledger import at_the_same_scores
from equipoise.watching.penalty import penalty_seen
from equipoise.watching.schedule import Schedule
from equipoise.watching.watch import watch

torch.manual_seed(0)
REAL, FAKE = torch.randn(32, 1, 4, 4), torch.randn(32, 1, 4, 4)


def test_a_batch_is_found_again_flat_joined_or_with_its_label_map():
    assert place_in(FAKE.view(32, -1), FAKE) == slice(0, 32)
    assert place_in(torch.cat([REAL, FAKE]), FAKE) == slice(32, 64)
    assert place_in(torch.cat([FAKE, REAL]), FAKE) == slice(0, 32)
    assert place_in(torch.cat([FAKE, torch.ones(32, 3, 4, 4)], dim=1), FAKE) == slice(0, 32)
    assert place_in(REAL, FAKE) is None
    changed = FAKE.clone()
    changed[-1, -1, -1, -1] += 1e-3
    assert place_in(changed, FAKE) is None


def test_mixtures_give_their_coefficients_back():
    uniform = torch.rand(32, 1, 1, 1)
    found = mixture_of(uniform * REAL + (1 - uniform) * FAKE, REAL, FAKE)
    assert found is not None
    assert found.spread == "per_sample"
    torch.testing.assert_close(found.coefficients.float(), uniform.flatten(), atol=1e-5, rtol=0)
    assert drawn_from(found.coefficients) == "uniform"
    assert drawn_from(torch.randn(64)) == "normal"
    one = mixture_of(0.3 * REAL + 0.7 * FAKE, REAL, FAKE)
    assert one is not None
    assert one.spread == "per_batch"
    each = torch.rand_like(REAL)
    spread = mixture_of(each * REAL + (1 - each) * FAKE, REAL, FAKE)
    assert spread is not None
    assert spread.spread == "per_element"
    assert mixture_of(REAL + 0.1 * torch.randn_like(REAL), REAL, FAKE) is None
    assert mixture_of(torch.randn_like(REAL), REAL, FAKE) is None


def test_an_augmented_batch_is_known_by_its_rows():
    assert descends(0.8 * FAKE + 0.3 * torch.randn_like(FAKE), FAKE) > 0.3
    assert abs(descends(REAL, FAKE)) < 0.3


def test_a_gradient_is_taken_apart():
    own, foreign, old = torch.randn(3, 8, 8).unbind()
    assert made_of(own, own, foreign, old) == "own"
    assert made_of(0.01 * own, own, foreign, old) == "own"  # unscaled, or clipped
    assert made_of(own + foreign, own, foreign, old) == "foreign"
    assert made_of(own + old, own, foreign, old) == "stale"
    assert made_of(own + foreign + old, own, foreign, old) == "stale"
    assert made_of(own + torch.randn(8, 8), own, foreign, old) == "unknown"
    assert made_of(own - foreign, own, foreign, old) == "unknown"
    assert made_of(own, None, foreign, old) == "unknown"
    assert made_of(own * float("nan"), own, foreign, old) == "unknown"


def test_slopes_are_compared_at_one_and_the_same_score():
    import numpy as np

    def bce_slope(p, target):
        return (p - target) / (p * (1 - p))

    real, fake = np.linspace(0.5, 0.999, 40), np.linspace(0.02, 0.7, 40)
    game = Slopes(real, bce_slope(real, 0.9), real), Slopes(fake, bce_slope(fake, 0.1), fake)
    assert game[0].slopes.mean() > 0  # smoothed, and passed: the plain mean points the wrong way
    aligned = at_the_same_scores(*game)
    assert aligned is not None
    assert (aligned[1].slopes > aligned[0].slopes).all()
    assert at_the_same_scores(game[0], Slopes(fake * 0.1, bce_slope(fake * 0.1, 0.1), fake)) is None


class Given(nn.Module):
    def forward(self, *given: object) -> tuple[object, ...]:
        return given


@pytest.mark.parametrize(
    ("args", "batch", "labels"),
    [
        ((torch.randn(4, 8),), 0, None),
        ((torch.randn(4, 8), torch.arange(4)), 0, 1),
        ((torch.arange(4), torch.randn(4, 8)), 1, 0),
        ((torch.randn(4, 8), torch.eye(4)), 0, 1),
        ((torch.randn(4, 8), 0.5), 0, None),
    ],
)
def test_the_batch_and_the_labels_of_a_call(args, batch, labels):
    form = form_of(args, {})
    assert form is not None
    assert (form.batch, form.labels) == (batch, labels)
    again = form(Given(), torch.zeros(2, 8), torch.zeros(2))
    assert torch.equal(again[batch], torch.zeros(2, 8))
    assert form_of((torch.arange(3),), {}) is None


def test_of_several_outputs_the_score_is_the_smallest_and_the_samples_are_the_largest():
    scores, classes = torch.randn(4, 1), torch.randn(4, 10)
    assert score_of((classes, scores)) is scores
    assert score_of({"out": scores, "features": torch.randn(4, 64)}) is scores
    assert score_of(None) is None
    assert samples_of((scores, classes)) is classes


def two_sided(g: Tensor) -> Tensor:
    return ((g.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


FORMS = {
    "two-sided": (two_sided, {"penalty": "gradient_penalty", "penalty_norm": "per_sample", "penalty_weight": 7.0}),
    "one-sided": (
        lambda g: (relu(g.flatten(1).norm(2, dim=1) - 1) ** 2).mean(),
        {"penalty": "one_sided_gradient_penalty", "penalty_norm": "per_sample", "penalty_weight": 7.0},
    ),
    "channels": (lambda g: ((g.norm(2, dim=1) - 1) ** 2).mean(), {"penalty_norm": "per_channel"}),
    "batch": (lambda g: (g.norm(2) - 1) ** 2, {"penalty_norm": "whole_batch"}),
    "reals": (
        lambda g: 0.5 * g.flatten(1).square().sum(dim=1).mean(),
        {"penalty": "r1", "penalty_weight": 7.0, "penalty_points": "real"},
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_penalty_is_read_off_its_own_gradient(form, channels):
    formula, expected = FORMS[form]
    torch.manual_seed(0)
    g = nn.Sequential(nn.Linear(4, channels * 16), nn.Unflatten(1, (channels, 4, 4)))
    d = nn.Sequential(nn.Flatten(), nn.Linear(channels * 16, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
    with torch.no_grad():
        d[1].weight.mul_(6.0 if channels == 1 else 3.0)  # gradient norms on both sides of one
    g_opt, d_opt = (torch.optim.Adam(net.parameters(), 1e-3) for net in (g, d))
    with watch(g, d, objective="wgan", on_finding=None) as seen:
        for _ in range(8):
            real, fake = torch.randn(16, channels, 4, 4), g(torch.randn(16, 4))
            alpha = torch.rand(16, 1, 1, 1)
            points = (
                real.clone() if form == "reals" else alpha * real + (1 - alpha) * fake
            )  # with its graph, as many do
            if not points.requires_grad:
                points.requires_grad_()
            score = d(points)
            (slope,) = torch.autograd.grad(score, points, torch.ones_like(score), create_graph=True)
            d_opt.zero_grad()
            ((d(fake.detach()).mean() - d(real).mean()) + 7.0 * formula(slope)).backward()
            d_opt.step()
            g_opt.zero_grad()
            (-d(g(torch.randn(16, 4))).mean()).backward()
            g_opt.step()
            seen.step()
        facts = seen.facts
    assert dict(seen.trouble) == {}
    assert {name: _rounded(facts.get(name)) for name in expected} == expected
    assert facts["penalty_in_loss"] is facts["penalty_reaches_weights"] is True


def test_equal_norms_below_one_do_not_tell_what_the_norm_went_over():
    torch.manual_seed(0)
    g, d = nn.Linear(4, 8), nn.Linear(8, 1)  # a linear critic: one gradient for all samples
    with torch.no_grad():
        d.weight.mul_(0.5 / d.weight.norm())
    opt = torch.optim.SGD(d.parameters(), 1e-4)
    with watch(g, d, objective="wgan", on_finding=None) as seen:
        for _ in range(8):
            real, fake = torch.randn(16, 8), g(torch.randn(16, 4)).detach()
            points = (torch.lerp(real, fake, torch.rand(16, 1))).requires_grad_()
            (slope,) = torch.autograd.grad(d(points).sum(), points, create_graph=True)
            opt.zero_grad()
            (d(fake).mean() - d(real).mean() + 7.0 * two_sided(slope)).backward()
            opt.step()
            seen.step()
        facts = seen.facts
    assert facts["penalty_in_loss"] is True
    assert "penalty_norm" not in facts


def _rounded(value: object) -> object:
    return round(value, 1) if isinstance(value, float) else value


def test_no_gradient_of_scores_no_penalty():
    assert penalty_seen([], 1.0) is None


def test_looks_are_frequent_at_first_and_then_regular():
    schedule, looks, heard = Schedule(100), [], 0
    for step in range(1, 461):
        heard += schedule.listening
        if schedule.advance(step, step) == "look":
            looks.append(step)
            schedule.looked()
    assert looks == [3, 6, 10, 15, 20, 50, 100, 200, 300, 400]
    assert heard < 40


def test_a_look_waits_until_both_players_have_moved():
    schedule, looks = Schedule(10), []
    for step in range(1, 101):
        if schedule.advance(step // 12, step) == "look":
            looks.append(step)
            schedule.looked()
    late = [look for look in looks if look > 25]
    assert late
    assert all(b - a >= 24 for a, b in pairwise(late))


def test_the_log_is_read_by_diagnose_as_it_was_written(play, tmp_path):
    path = tmp_path / "watch.jsonl"
    outcome = play("vanilla", 160, log=path, every=20)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    readings = [line for line in lines if "signals" in line]
    assert [line["step"] for line in readings] == list(range(20, 161, 20))
    history = outcome.watch.history
    assert [line["signals"]["loss/discriminator"] for line in readings] == history["loss/discriminator"].values.tolist()
    read = diagnose(path)
    assert read is not None


def test_losses_that_are_given_are_recorded(play):
    g, d = nn.Linear(4, 2), nn.Linear(2, 1)
    with watch(g, d, objective="wgan", on_finding=None, every=5) as seen:
        for step in range(10):
            seen.step(d_loss=torch.tensor(float(step)), g_loss=-float(step))
    assert seen.history["loss/discriminator_total"].values.tolist()[-1] == 9.0
    assert seen.history["loss/generator"].values.tolist()[-1] == -9.0
    assert "neither network was seen at work" in seen.report()
