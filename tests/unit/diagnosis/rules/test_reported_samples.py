"""What a person saw, and the causes that the facts leave."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import History, history_of
from equipoise.core.records import Severity
from equipoise.core.vocabulary import VOCABULARY
from equipoise.diagnosis.catalogue import RULES
from equipoise.diagnosis.examine import examine
from equipoise.diagnosis.observations import LOSSES, SAMPLES

GP = {"objective": "wasserstein", "penalty": "gradient_penalty"}
GAN = {"objective": "non_saturating"}


def reported(**facts):
    findings = examine(Facts(facts), History(series={}))
    return next(finding for finding in findings if finding.name == "reported_samples")


def causes(**facts):
    return [cause.name for cause in reported(**facts).causes]


def test_everything_that_samples_can_look_like_is_known():
    assert {*SAMPLES, "good", "improving"} == set(VOCABULARY["samples"].choices)


@pytest.mark.parametrize("seen", SAMPLES)
def test_a_complaint_has_causes_and_says_what_to_measure(seen):
    finding = reported(samples=seen)
    assert finding.severity in (Severity.HARM, Severity.RISK)
    assert finding.causes
    assert finding.measure_next


@pytest.mark.parametrize("seen", ["good", "improving"])
def test_praise_is_no_alarm(seen):
    finding = reported(samples=seen)
    assert finding.severity is Severity.NOTE
    assert finding.causes == ()


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"samples": "identical"}, "mode_collapse"),
        ({"samples": "identical", "generator_beta1": 0.9} | GAN, "momentum"),
        ({"samples": "noise", "discriminator_normalisation": "batch"} | GP, "batch_norm_in_critic"),
        ({"samples": "noise", "discriminator_output": "sigmoid"} | GP, "squashed_critic"),
        ({"samples": "noise", "generator_learning_rate": 0.01} | GAN, "learning_rate"),
        ({"samples": "noise", "generator_learning_rate": 1e-3} | GAN, "learning_rate"),
        ({"samples": "worse", "dataset_size": 5000.0}, "discriminator_memorises"),
        ({"samples": "noise"} | GAN, "discriminator_dominates"),
        ({"samples": "blank", "data_min": 0.0, "data_max": 255.0, "generator_output": "tanh"}, "data_range"),
        ({"samples": "checkerboard", "upsampling_kernel": 3.0, "upsampling_stride": 2.0}, "kernel_not_divisible"),
        ({"samples": "wrong_class", "label_reaches_generator": False}, "label_not_wired"),
        ({"samples": "memorised", "dataset_size": 200.0}, "small_data"),
        ({"samples": "worse", "dataset_size": 500.0}, "small_data"),
        ({"samples": "worse", "generator_sign_wrong": True}, "generator_sign"),
        ({"samples": "unchanging", "generator_moves": False}, "frozen_generator"),
        ({"samples": "few_modes", "latent_dim": 1.0}, "latent_too_small"),
    ],
)
def test_the_facts_decide_which_cause_comes_first(facts, first):
    assert causes(**facts)[0] == first


def test_a_label_is_no_cause_where_there_is_none():
    assert causes(samples="wrong_class", conditional=False) == []


def test_what_the_facts_speak_against_is_ruled_out():
    finding = reported(samples="noise", generator_sign_wrong=False, generator_moves=True, data_max=1.0, **GP)
    ruled_out = {line.split(":")[0] for line in finding.ruled_out}
    assert {"generator_sign", "frozen_generator", "data_range", "discriminator_dominates"} <= ruled_out
    assert not ruled_out & {cause.name for cause in finding.causes}


def test_a_setting_that_may_explain_what_was_seen_is_named_first_and_stays_a_risk():
    facts = Facts({"generator_learning_rate": 0.01, "samples": "noise"})
    findings = examine(facts, History(series={}), RULES)
    assert [(finding.name, finding.severity) for finding in findings] == [
        ("reported_samples", Severity.HARM),
        ("learning_rate", Severity.RISK),
    ]
    assert findings[0].causes[0].name == "learning_rate"


def test_everything_that_losses_can_do_is_known():
    assert set(LOSSES) == set(VOCABULARY["losses"].choices)


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"losses": "discriminator_wins"} | GAN, "discriminator_dominates"),
        ({"losses": "generator_wins"} | GAN, "discriminator_fooled"),
        ({"losses": "growing"} | GP, "critic_runs_away"),
        ({"losses": "growing", "penalty_reaches_weights": False} | GP, "penalty_not_wired"),
        ({"losses": "flat", "discriminator_output": "sigmoid"} | GP, "squashed_critic"),
        ({"losses": "swinging", "generator_beta1": 0.9} | GAN, "momentum"),
        ({"losses": "generator_rises"} | GP, "generator_loss_drifts"),
    ],
)
def test_what_losses_are_said_to_do_has_its_likeliest_cause_first(facts, first):
    findings = examine(Facts(facts), History(series={}))
    finding = next(finding for finding in findings if finding.name == "reported_losses")
    assert finding.causes[0].name == first


def test_measured_losses_and_good_samples_outweigh_what_is_said_of_losses():
    facts = Facts({"losses": "discriminator_wins"} | GAN)
    measured = history_of([(at, {"loss/discriminator": 1.3}) for at in range(3)])
    assert "reported_losses" not in {finding.name for finding in examine(facts, measured)}
    well = examine(facts.joined({"samples": "good"}), History(series={}))
    assert {finding.severity for finding in well} == {Severity.NOTE}
