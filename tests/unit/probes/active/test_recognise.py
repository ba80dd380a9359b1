"""Which game two losses play, and which way they pull: read from their slopes, against losses written here."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from equipoise.core.errors import SettingError
from equipoise.objectives import OBJECTIVES
from equipoise.probes.active.recognise import objective_facts, sign_tests, signs_of_squares
from equipoise.probes.active.slopes import GameSlopes, Slopes, measured_slopes, pair_loss

LIKE = torch.zeros(32, 1)


def bce(real_target=1.0, fake_target=0.0, aim=1.0, function=F.binary_cross_entropy_with_logits):
    def discriminator(real, fake):
        return function(real, torch.full_like(real, real_target)) + function(fake, torch.full_like(fake, fake_target))

    return discriminator, lambda fake: function(fake, torch.full_like(fake, aim))


def log_minimax():
    return (
        lambda real, fake: -(torch.log(real) + torch.log(1 - fake)).mean(),
        lambda fake: torch.log(1 - fake).mean(),
    )


def hinge():
    return lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(), lambda fake: -fake.mean()


def wasserstein():
    return lambda real, fake: fake.mean() - real.mean(), lambda fake: -fake.mean()


def relativistic():
    return lambda real, fake: F.softplus(fake - real).mean(), lambda real, fake: F.softplus(real - fake).mean()


def slopes(losses, like=LIKE):
    discriminator, generator = losses
    return measured_slopes(
        pair_loss(discriminator, argument="discriminator_loss"), pair_loss(generator, argument="generator_loss"), like
    )


GAMES = {
    "logits": (bce(), {"objective": "non_saturating", "loss_function": "bce_with_logits"}),
    "probabilities": (
        bce(function=F.binary_cross_entropy), {"objective": "non_saturating", "loss_function": "bce"}
    ),
    "smoothed": (bce(0.9), {"real_target": 0.9, "fake_target": 0.0, "objective": "non_saturating"}),
    "both smoothed": (bce(0.8, 0.1, function=F.binary_cross_entropy), {"real_target": 0.8, "fake_target": 0.1}),
    "minimax": (log_minimax(), {"objective": "minimax", "loss_function": "bce"}),
    "least squares": (bce(function=F.mse_loss), {"objective": "least_squares", "loss_function": "mse"}),
    "least squares -1 1 0": (
        bce(1.0, -1.0, 0.0, F.mse_loss), {"objective": "least_squares", "real_target": 1.0, "fake_target": -1.0}
    ),
    "hinge": (hinge(), {"objective": "hinge", "loss_function": "hinge"}),
    "wasserstein": (wasserstein(), {"objective": "wasserstein", "loss_function": "mean"}),
    "relativistic": (relativistic(), {"objective": "relativistic"}),
}  # fmt: skip


@pytest.mark.parametrize("name", GAMES)
def test_a_game_is_recognised_and_its_players_pull_apart(name):
    losses, expected = GAMES[name]
    game = slopes(losses)
    facts = objective_facts(game)
    assert {key: facts[key] for key in expected} == expected
    assert [test.outcome for test in sign_tests(game)] == ["pass"]


@pytest.mark.parametrize("name", [name for name in GAMES if "-1" not in name])
def test_a_generator_that_pulls_the_wrong_way_is_named(name):
    (discriminator, generator), _ = GAMES[name]

    def wrong(real, fake):
        return -(generator(real, fake) if name == "relativistic" else generator(fake))

    (test,) = sign_tests(slopes((discriminator, wrong)))
    assert test.facts == {"generator_sign_wrong": True}


@pytest.mark.parametrize("function", [F.binary_cross_entropy_with_logits, F.binary_cross_entropy, F.mse_loss])
def test_a_generator_that_aims_at_the_fakes_target_is_named(function):
    (test,) = sign_tests(slopes(bce(1.0, 0.0, 0.0, function)))
    assert test.facts == {"generator_sign_wrong": True}


@pytest.mark.parametrize("function", [F.binary_cross_entropy_with_logits, F.binary_cross_entropy, F.mse_loss])
def test_a_discriminator_with_exchanged_targets_is_named(function):
    (test,) = sign_tests(slopes(bce(0.0, 1.0, 1.0, function)))
    assert test.facts == {"labels_swapped": True}


@pytest.mark.parametrize("losses", [wasserstein(), hinge()])
def test_a_critic_that_descends_instead_of_ascending_is_named(losses):
    discriminator, generator = losses
    (test,) = sign_tests(slopes((lambda real, fake: -discriminator(real, fake), generator)))
    assert test.facts == {"discriminator_sign_wrong": True}


def slopes_at(loss, scores):
    scores = scores.clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(scores), scores)
    values = scores.detach().double().numpy()
    return Slopes(values, slope.double().numpy() * len(values), values)


def far_apart(real_loss, fake_loss, generator_loss):
    """Scores of a discriminator that is sure: narrow, at 1 and at 0, in single precision."""
    torch.manual_seed(0)
    real, fake = 1.0 + 0.02 * torch.randn(64), 0.02 * torch.randn(64)
    return GameSlopes(
        real=slopes_at(real_loss, real), fake=slopes_at(fake_loss, fake), generator=slopes_at(generator_loss, fake)
    )


def to(target, function=F.mse_loss):
    return lambda scores: function(scores, torch.full_like(scores, target))


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        (to(1.0), {"generator_sign_wrong": False, "discriminator_sign_wrong": False}),
        (to(0.5), {"generator_sign_wrong": False, "discriminator_sign_wrong": False}),
        (lambda scores: -to(1.0)(scores), {"generator_sign_wrong": True}),
        (to(-1.0), {"generator_sign_wrong": True}),
        (to(0.0), {"generator_sign_wrong": True}),
    ],
)
def test_signs_of_a_least_squares_game_are_read_where_the_scores_lie_far_apart(generator, expected):
    assert signs_of_squares(far_apart(to(1.0), to(0.0), generator)) == expected


def test_exchanged_targets_of_squares_are_seen_far_apart_and_a_game_turned_round_is_none():
    assert signs_of_squares(far_apart(to(0.0), to(1.0), to(1.0))) == {"discriminator_sign_wrong": True}
    assert signs_of_squares(far_apart(to(0.0), to(1.0), to(0.0)))["discriminator_sign_wrong"] is False


def test_a_cross_entropy_is_not_taken_for_a_square_where_it_looks_straight():
    function = F.binary_cross_entropy_with_logits
    assert signs_of_squares(far_apart(to(1.0, function), to(0.0, function), to(1.0, function))) == {}
    assert signs_of_squares(far_apart(to(1.0), to(0.0), to(1.0, function))) == {}


def test_without_any_slope_nothing_is_recognised():
    flat = slopes_at(lambda scores: F.relu(1 - scores).mean(), torch.linspace(2.0, 3.0, 16))
    assert objective_facts(GameSlopes(real=flat, fake=flat, generator=flat)) == {}


@pytest.mark.parametrize(
    "losses",
    [
        (lambda real, fake: real.mean() - fake.mean(), lambda fake: fake.mean()),  # the first WGAN code: low is real
        bce(0.0, 1.0, 0.0),  # both players with exchanged labels: the same game
    ],
)
def test_a_game_turned_round_as_a_whole_is_no_mistake(losses):
    (test,) = sign_tests(slopes(losses))
    assert test.outcome == "pass"
    assert test.facts["generator_sign_wrong"] is False


def test_the_order_of_parameters_is_read_from_their_names():
    discriminator, generator = wasserstein()
    game = slopes((lambda fake_scores, real_scores: discriminator(real_scores, fake_scores), generator))
    assert [test.outcome for test in sign_tests(game)] == ["pass"]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_our_own_objectives_are_recognised(name):
    ours = OBJECTIVES[name]()

    def discriminator(real, fake):
        return ours.discriminator(real.flatten(), fake.flatten())

    game = slopes((discriminator, lambda real, fake: ours.generator(real.flatten(), fake.flatten())))
    assert objective_facts(game)["objective"] == name
    assert [test.outcome for test in sign_tests(game)] == ["pass"]


def test_a_map_of_patch_scores_is_read_as_one_score_a_sample():
    game = slopes(bce(0.9), like=torch.zeros(16, 1, 3, 3))
    assert objective_facts(game)["real_target"] == 0.9


def test_without_a_generators_loss_nobody_is_accused():
    (test,) = sign_tests(measured_slopes(pair_loss(wasserstein()[0], argument="discriminator_loss"), None, LIKE))
    assert test.give == "give generator_loss"


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda a, b, c: a, "must take"),
        (lambda fake: 3.0, "must return a tensor"),
        (lambda fake: fake.detach().mean(), "no gradient"),
        (lambda fake: nn.Linear(7, 1)(fake).mean(), "fails on scores of shape"),
    ],
)
def test_a_loss_that_cannot_be_used_is_refused_in_words(loss, message):
    with pytest.raises(SettingError, match=message):
        measured_slopes(None, pair_loss(loss, argument="generator_loss"), LIKE)
