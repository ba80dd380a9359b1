"""Plain loops that know nothing of the watch: silent when healthy, and every planted mistake named by a finding."""

import pytest

from equipoise.core.records import Severity

STEPS = 22


@pytest.mark.parametrize("loop", ["vanilla", "wgan_gp", "cgan"])
def test_a_healthy_loop_is_met_with_silence(play, loop):
    outcome = play(loop, 700)
    severities = {finding.name: finding.severity for finding in outcome.watch.findings}
    assert [name for name, severity in severities.items() if severity.rank <= Severity.RISK.rank] == []
    assert outcome.watch.exit_status == 0
    assert dict(outcome.watch.trouble) == {}
    assert not {"mode_collapse", "critic_lags", "hunting", "logit_blowup"} & set(outcome.told)  # nor on the way
    assert outcome.watch.history["lipschitz/mean"].at.tolist() == [20, 50, *range(100, 701, 100)]


@pytest.mark.parametrize(
    ("loop", "bug", "name"),
    [
        ("vanilla", "leak", "gradient_leak"),
        ("vanilla", "wrong sign", "generator_sign"),
        ("vanilla", "double sigmoid", "double_sigmoid"),
        ("vanilla", "raw data", "data_range"),
        ("vanilla", "frozen discriminator", "frozen_discriminator"),
        ("vanilla", "wrong parameters", "frozen_generator"),
        ("vanilla", "no zero_grad", "stale_gradients"),
        ("vanilla", "swapped labels", "swapped_labels"),
        ("vanilla", "fast discriminator", "learning_rates_apart"),
        ("vanilla", "equal weights", "constant_output"),
        ("wgan_gp", "sigmoid", "squashed_critic"),
        ("wgan_gp", "norm in critic", "batch_norm_in_critic"),
        ("wgan_gp", "no create_graph", "penalty_not_wired"),
        ("wgan_gp", "forgotten penalty", "penalty_not_wired"),
        ("wgan_gp", "element norm", "penalty_norm"),
        ("wgan_gp", "batch norm of gradient", "penalty_norm"),
        ("wgan_gp", "normal coefficient", "penalty_interpolation"),
        ("wgan_gp", "one coefficient", "penalty_interpolation"),
        ("wgan_gp", "wrong sign", "generator_sign"),
        ("cgan", "deaf generator", "label_not_wired"),
        ("cgan", "deaf discriminator", "label_not_wired"),
        ("cgan", "swapped labels", "swapped_labels"),
        ("cgan", "no zero_grad", "stale_gradients"),
        ("cgan", "wrong parameters", "frozen_discriminator"),
        ("cgan", "fast generator", "learning_rates_apart"),
        ("cgan", "wrong sign", "generator_sign"),
    ],
)
def test_a_planted_mistake_is_named_within_the_first_steps(play, loop, bug, name):
    outcome = play(loop, STEPS, bug)
    wiring = [finding.name for finding in outcome.watch.findings if finding.severity is Severity.WIRING]
    assert name in outcome.told
    assert name in {finding.name for finding in outcome.watch.findings if finding.severity.rank <= Severity.RISK.rank}
    assert set(wiring) <= {name, "frozen_generator"}, wiring  # the wrong optimiser holds the other player's parameters
    assert outcome.watch.exit_status >= 3
    assert dict(outcome.watch.trouble) == {}


def test_a_discriminator_that_sits_out_when_it_leads_is_seen_by_its_uneven_rhythm(play):
    names = [finding.name for finding in play("vanilla", 301, "sits out when it leads").watch.findings]
    assert "skips_updates" in names


def test_the_objective_is_found_out_where_nobody_says_it(play):
    found = {name: play(name, STEPS, objective=None).watch.facts for name in ("vanilla", "wgan_gp", "cgan")}
    assert found["vanilla"]["objective"] == found["cgan"]["objective"] == "non_saturating"
    assert found["vanilla"]["loss_function"] == "bce"
    assert (found["vanilla"]["real_target"], found["vanilla"]["fake_target"]) == (0.9, 0.0)
    assert found["wgan_gp"]["penalty"] == "gradient_penalty"
    assert found["wgan_gp"]["penalty_weight"] == pytest.approx(10.0, rel=1e-3)


def test_what_is_given_is_believed_before_what_is_seen(play):
    seen = play("vanilla", STEPS, facts={"discriminator_learning_rate": 1e-5, "ema": True}).watch.facts
    assert (seen["discriminator_learning_rate"], seen["generator_learning_rate"]) == (1e-5, 2e-4)
    assert seen["ema"] is True


def test_the_facts_of_the_course_loop_are_those_that_its_code_says(play):
    facts = play("wgan_gp", STEPS).watch.facts
    expected = {
        "generator_optimizer": "adam", "generator_learning_rate": 1e-4, "discriminator_beta1": 0.0, "beta2": 0.9,
        "d_steps": 5.0, "g_steps": 1.0, "batch_size": 64.0, "latent_dim": 16.0, "fakes_detached": True,
        "generator_gradients_leak": False, "gradients_zeroed": True, "penalty_points": "interpolates",
        "penalty_interpolation": "per_sample", "penalty_coefficient": "uniform", "penalty_norm": "per_sample",
        "penalty_in_loss": True, "penalty_reaches_weights": True, "generator_output": "tanh",
        "discriminator_output": "linear", "data_min": -1.0, "data_max": 1.0, "latents_used": True,
        "discriminator_mixes_samples": False,
    }  # fmt: skip
    assert {name: facts.get(name) for name in expected} == expected
