"""Signs, units and what follows from what."""

import math

import numpy as np
import pytest

LOG_2 = math.log(2)


def table(**columns: list[float]) -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(["step", *columns]), *(",".join(map(str, (at, *row))) for at, row in enumerate(rows))])


def how(reading, name: str) -> str:
    return next(column.how for column in reading.columns if column.name == name)


def signal(reading, name: str) -> str | None:
    return next(column.signal for column in reading.columns if column.name == name)


RISING = list(np.linspace(-5.0, -1.0, 40))
FLAT = [0.5] * 40


def test_a_negative_loss_is_a_critics(read):
    reading = read(table(d_loss=RISING, g_loss=FLAT))
    assert reading.facts.choice("objective") == "wasserstein"
    assert reading.origins["objective"].source == "guess"
    assert "negative" in reading.origins["objective"].why
    assert signal(reading, "d_loss") == "loss/discriminator_total"
    assert "wasserstein/estimate" not in reading.history


def test_a_critic_loss_without_penalty_gives_the_estimate(read):
    reading = read(table(d_loss=RISING, g_loss=FLAT), objective="wasserstein", penalty="none")
    np.testing.assert_allclose(reading.history["wasserstein/estimate"].values, np.negative(RISING))
    np.testing.assert_allclose(reading.history["loss/discriminator"].values, RISING)


def test_what_the_critic_maximises_is_turned_round(read):
    reading = read(table(critic_loss=np.negative(RISING)), objective="wasserstein", penalty="none")
    np.testing.assert_allclose(reading.history["wasserstein/estimate"].values, np.negative(RISING))
    np.testing.assert_allclose(reading.history["loss/discriminator"].values, RISING)
    assert "+W" in how(reading, "critic_loss")


def test_a_penalty_in_the_loss_is_seen_and_taken_off(read):
    gp = np.linspace(1.0, 0.1, 40)
    loss = -np.linspace(0.0, 5.0, 40) + 10 * gp
    reading = read(table(d_loss=loss, gp=gp), objective="wasserstein", penalty_weight=10.0)
    np.testing.assert_allclose(reading.history["wasserstein/estimate"].values, np.linspace(0.0, 5.0, 40), atol=1e-9)
    np.testing.assert_allclose(reading.history["loss/discriminator_total"].values, loss)


def test_a_penalty_beside_the_loss_is_taken_to_be_outside_it(read):
    reading = read(table(d_loss=RISING, gp=[0.1] * 40))
    assert signal(reading, "d_loss") == "loss/discriminator"
    assert reading.facts.choice("penalty") == "gradient_penalty"


def test_a_distance_logged_upside_down_is_turned_round(read):
    reading = read(table(**{"W-distance": RISING}))
    np.testing.assert_allclose(reading.history["wasserstein/estimate"].values, np.negative(RISING))
    assert "turned round" in how(reading, "W-distance")


def test_a_distance_that_only_begins_below_zero_is_not(read):
    distance = [-0.1] * 3 + [3.0] * 37
    reading = read(table(**{"W-distance": distance}))
    np.testing.assert_allclose(reading.history["wasserstein/estimate"].values, distance)


@pytest.mark.parametrize(("first", "factor"), [(LOG_2, 2.0), (2 * LOG_2, 1.0)])
def test_the_mean_of_two_losses_is_told_from_their_sum(read, first, factor):
    loss = [first] * 10 + list(np.linspace(first, 0.3, 30))
    reading = read(table(d_loss=loss, g_loss=[0.7] * 40), penalty="none")
    assert reading.facts.choice("objective") == "non_saturating"
    np.testing.assert_allclose(reading.history["loss/discriminator"].values, np.multiply(loss, factor))


@pytest.mark.parametrize(("share", "factor"), [(0.5, 2.0), (1.0, 1.0)])
def test_two_losses_beside_their_sum_or_mean(read, share, factor):
    real, fake = np.linspace(0.4, 0.2, 40), np.linspace(0.5, 0.1, 40)
    reading = read(table(D_real=real, D_fake=fake, d_loss=share * (real + fake)), penalty="none")
    assert signal(reading, "D_real") == "loss/discriminator_real"
    assert signal(reading, "D_fake") == "loss/discriminator_fake"
    np.testing.assert_allclose(reading.history["loss/discriminator"].values, factor * share * (real + fake))


def test_pix2pix_logs_losses_as_d_real_and_d_fake(read):
    reading = read(table(G_GAN=[0.9] * 40, G_L1=[20.0] * 40, D_real=FLAT, D_fake=[0.6] * 40))
    assert signal(reading, "D_real") == "loss/discriminator_real"
    np.testing.assert_allclose(reading.history["loss/discriminator_total"].values, 1.1)
    assert signal(reading, "G_GAN") == "loss/generator"
    assert signal(reading, "G_L1") is None


def test_outputs_between_0_and_1_are_probabilities(read):
    reading = read(table(d_loss=[1.3] * 40, D_x=[0.8] * 40, D_G_z1=[0.3] * 40, D_G_z2=[0.2] * 40))
    assert signal(reading, "D_x") == "probability/real"
    assert signal(reading, "D_G_z1") == "probability/fake"
    assert signal(reading, "D_G_z2") is None
    assert reading.facts.choice("objective") == "non_saturating"


def test_outputs_beyond_are_scores_and_said_to_be(read):
    reading = read(table(**{"D(x)": [3.0] * 40, "D(G(z))": [-2.0] * 40}), objective="wasserstein")
    assert signal(reading, "D(x)") == "logits/real"
    assert "outside [0, 1]" in how(reading, "D(x)")
    np.testing.assert_allclose(reading.history["wasserstein/estimate"].values, 5.0)


def test_a_critic_that_ends_in_a_sigmoid_keeps_its_scores(read):
    reading = read(table(**{"D(x)": [0.5] * 40, "D(G(z))": [0.49] * 40}), objective="wasserstein")
    assert signal(reading, "D(x)") == "logits/real"


def test_percent_becomes_a_share(read):
    reading = read(table(d_loss=[0.6] * 40, d_acc=[75.0] * 40))
    np.testing.assert_allclose(reading.history["accuracy/discriminator"].values, 0.75)
    assert "percent" in how(reading, "d_acc")


def test_signs_become_shares(read):
    reading = read(table(**{"Loss/signs/real": [0.2] * 40, "Loss/signs/fake": [-0.6] * 40, "Loss/D/loss": [1.0] * 40}))
    np.testing.assert_allclose(reading.history["accuracy/real"].values, 0.6)
    np.testing.assert_allclose(reading.history["accuracy/fake"].values, 0.8)


def test_a_hinge_is_known_by_a_generator_that_goes_below_zero(read):
    reading = read(table(d_loss=np.linspace(2.0, 0.8, 40), g_loss=np.linspace(0.0, -1.0, 40)))
    assert reading.facts.choice("objective") == "hinge"


def test_what_the_user_says_is_never_overruled(read):
    reading = read(table(d_loss=RISING, g_loss=FLAT), objective="hinge")
    assert reading.facts.choice("objective") == "hinge"
    assert "objective" not in reading.origins


def test_a_log_of_anything_is_not_guessed(read):
    reading = read(table(d_loss=[0.3] * 40, g_loss=FLAT))
    assert reading.facts.choice("objective") is None


def test_quality_can_be_hidden(read):
    text = table(d_loss=[0.6] * 40, FID=list(np.linspace(300, 20, 40)))
    assert "quality/fid" in read(text).history
    hidden = read(text, include_quality=False)
    assert "quality/fid" not in hidden.history
    assert "ignored" in how(hidden, "FID")


def test_no_number_is_recorded_where_it_stood(read):
    reading = read("step,d_loss,g_loss\n1,0.6,0.7\n2,nan,0.7\n3,0.6,inf\n4,0.5,0.5\n")
    assert reading.history["loss/discriminator_total"].broken_at == 2
    assert reading.history["loss/generator"].broken_at == 3


def test_the_same_quantity_twice_is_read_once(read):
    reading = read(table(d_loss_epoch=[0.9] * 40, d_loss_step=[0.6] * 40, g_loss=FLAT))
    assert signal(reading, "d_loss_epoch") is None
    assert "same as d_loss_step" in how(reading, "d_loss_epoch")


def test_two_games_are_told_apart(read):
    reading = read(table(D_A=[0.25] * 40, G_A=[0.4] * 40, D_B=[0.2] * 40, G_B=[0.3] * 40, cycle_A=[1.0] * 40))
    assert signal(reading, "D_A") == "loss/discriminator_total"
    assert signal(reading, "G_A") == "loss/generator"
    assert signal(reading, "D_B") is None
