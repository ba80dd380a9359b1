"""Every rule that reads facts alone: planted facts are named, and common set-ups raise nothing worse than a note."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import History, history_of
from equipoise.core.records import Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.catalogue import RULES as CATALOGUE
from equipoise.diagnosis.examine import examine
from equipoise.diagnosis.set_up import REPORTED, SETTINGS, WIRING

NOTHING = History(series={})
RULES = {rule.name: rule for rule in (*WIRING, *SETTINGS, *REPORTED)}
GAN = {"objective": "non_saturating"}
WGAN = {"objective": "wasserstein"}
GP = WGAN | {"penalty": "gradient_penalty"}

PLANTED = [
    ("generator_sign", "wiring", {"generator_sign_wrong": True}, {"generator_sign_wrong": False}),
    ("discriminator_sign", "wiring", {"discriminator_sign_wrong": True}, {"discriminator_sign_wrong": False}),
    ("swapped_labels", "wiring", {"labels_swapped": True}, {"labels_swapped": False}),
    ("penalty_not_wired", "wiring", GP | {"penalty_in_loss": False}, GP | {"penalty_in_loss": True}),
    ("penalty_not_wired", "wiring", {"penalty_reaches_weights": False}, {"penalty_reaches_weights": True}),
    ("penalty_not_wired", "wiring", GP | {"penalty_weight": 0.0}, WGAN | {"penalty": "none", "penalty_weight": 0.0}),
    ("frozen_generator", "wiring", {"generator_moves": False}, {"generator_moves": True}),
    ("frozen_generator", "wiring", {"generator_in_optimizer": False}, {"generator_in_optimizer": True}),
    ("frozen_discriminator", "wiring", {"discriminator_moves": False}, {"discriminator_moves": True}),
    ("frozen_discriminator", "wiring", {"discriminator_in_optimizer": False}, {"discriminator_in_optimizer": True}),
    ("shared_optimizer", "wiring", {"optimizers_share_parameters": True}, {"optimizers_share_parameters": False}),
    ("gradient_leak", "wiring", {"generator_gradients_leak": True}, {"generator_gradients_leak": False}),
    ("gradient_leak", "wiring", {"fakes_detached": False, "gradients_zeroed": False}, {"fakes_detached": True}),
    ("gradient_leak", "risk", {"fakes_detached": False}, {"gradients_zeroed": False}),
    ("gradient_leak", "note", {"fakes_detached": False, "gradients_zeroed": True}, {"gradients_zeroed": True}),
    ("gradient_leak", "note", {"fakes_detached": False, "generator_gradients_leak": False}, {}),
    ("stale_gradients", "wiring", {"gradients_zeroed": False}, {"gradients_zeroed": True}),
    ("squashed_critic", "wiring", GP | {"discriminator_output": "sigmoid"}, GAN | {"discriminator_output": "sigmoid"}),
    ("squashed_critic", "wiring", {"objective": "hinge", "discriminator_output": "tanh"},
     {"objective": "hinge", "discriminator_output": "linear"}),
    ("squashed_critic", "wiring", {"loss_function": "mean", "discriminator_output": "sigmoid"},
     {"loss_function": "bce", "discriminator_output": "sigmoid"}),
    ("double_sigmoid", "wiring", {"loss_function": "bce_with_logits", "discriminator_output": "sigmoid"},
     {"loss_function": "bce", "discriminator_output": "sigmoid"}),
    ("missing_sigmoid", "wiring", {"loss_function": "bce", "discriminator_output": "linear"},
     {"loss_function": "bce_with_logits", "discriminator_output": "linear"}),
    ("batch_norm_in_critic", "wiring", GP | {"discriminator_normalisation": "batch"},
     GAN | {"discriminator_normalisation": "batch", "discriminator_mixes_samples": True}),
    ("batch_norm_in_critic", "wiring", {"penalty": "r1", "discriminator_mixes_samples": True},
     {"penalty": "r1", "discriminator_mixes_samples": True, "minibatch_layer": True}),
    ("batch_norm_in_critic", "wiring", {"penalty": "dragan", "discriminator_normalisation": "batch"},
     {"penalty": "dragan", "discriminator_normalisation": "layer"}),
    ("penalty_norm", "wiring", {"penalty_norm": "per_channel"}, {"penalty_norm": "per_sample"}),
    ("clip_missing", "wiring", WGAN | {"penalty": "none", "clip_value": 0.0, "spectral_norm": False},
     WGAN | {"penalty": "none", "clip_value": 0.01, "spectral_norm": False}),
    ("clip_missing", "risk", WGAN | {"penalty": "none", "clip_value": 0.0}, WGAN | {"penalty": "none"}),
    ("clip_missing", "note", WGAN | {"penalty": "none", "spectral_norm": False},
     WGAN | {"penalty": "none", "spectral_norm": True}),
    ("data_range", "wiring", {"data_min": 0.0, "data_max": 255.0, "generator_output": "tanh"},
     {"data_min": -1.0, "data_max": 1.0, "generator_output": "tanh"}),
    ("data_range", "wiring", {"data_min": -1.0, "data_max": 1.0, "generator_output": "sigmoid"},
     {"data_min": 0.0, "data_max": 1.0, "generator_output": "sigmoid"}),
    ("data_range", "wiring", {"data_min": -2.1, "data_max": 2.6, "generator_min": -1.0, "generator_max": 1.0},
     {"data_min": -2.1, "data_max": 2.6, "generator_output": "linear"}),
    ("data_range", "risk", {"data_min": 0.0, "data_max": 255.0}, {"data_min": 0.0, "data_max": 1.0}),
    ("data_range", "risk", {"data_min": -1.05, "data_max": 1.05, "generator_output": "tanh"}, {"data_max": 255.0}),
    ("data_range", "note", {"data_min": 0.0, "data_max": 1.0, "generator_output": "tanh"}, {"data_min": 0.0}),
    ("constant_output", "wiring", {"output_constant": True}, {"output_constant": False}),
    ("constant_output", "wiring", {"initialisation": "zeros"}, {"initialisation": "dcgan"}),
    ("latents_ignored", "wiring", {"latents_used": False}, {"latents_used": True}),
    ("latents_fixed", "wiring", {"latents_fixed": True}, {"latents_fixed": False}),
    ("label_not_wired", "wiring", {"label_reaches_generator": False}, {"label_reaches_generator": True}),
    ("label_not_wired", "wiring", {"label_reaches_discriminator": False}, {"label_reaches_discriminator": True}),
    ("label_not_wired", "wiring", {"conditional": True, "conditioning": "none"},
     {"conditional": False, "conditioning": "none"}),
    ("labels_shuffled", "wiring", {"labels_shuffled": True}, {"labels_shuffled": False}),
    ("labels_shuffled", "risk", {"real_label_accuracy": 0.11, "classes": 10.0},
     {"real_label_accuracy": 0.9, "classes": 10.0}),
    ("eval_mode_training", "wiring", {"mode_eval_at_training": True}, {"mode_eval_at_training": False}),
    ("one_sided_noise", "wiring", {"instance_noise": "reals_only"}, {"instance_noise": "both"}),
    ("real_cue", "wiring", {"preprocessing_differs": True}, {"preprocessing_differs": False}),
    ("real_cue", "risk", {"real_cue": True}, {"real_cue": False}),
    ("one_sided_augmentation", "wiring", {"augmentation": "both_without_gradient"}, {"augmentation": "both"}),
    ("one_sided_augmentation", "risk", {"augmentation": "reals_only"}, {"augmentation": "none"}),
    ("samples_in_eval_mode", "harm", {"eval_samples_differ": True}, {"eval_samples_differ": False}),
    ("learning_rate", "risk", {"generator_learning_rate": 0.01}, {"generator_learning_rate": 2e-4}),
    ("learning_rate", "risk", {"discriminator_learning_rate": 1e-8}, {"discriminator_learning_rate": 1e-5}),
    ("learning_rate", "note", {"generator_learning_rate": 1e-3},
     {"generator_learning_rate": 0.1, "generator_optimizer": "sgd"}),
    ("learning_rates_apart", "risk", {"generator_learning_rate": 1e-5, "discriminator_learning_rate": 1e-3},
     {"generator_learning_rate": 1e-4, "discriminator_learning_rate": 4e-4}),
    ("learning_rates_apart", "note", {"generator_learning_rate": 1e-3, "discriminator_learning_rate": 1e-4},
     {"generator_learning_rate": 1e-3, "discriminator_learning_rate": 1e-5, "generator_optimizer": "sgd",
      "discriminator_optimizer": "adam"}),
    ("skips_updates", "risk", {"skips_updates": True}, {"skips_updates": False}),
    ("momentum", "risk", GAN | {"generator_beta1": 0.9}, GAN | {"generator_beta1": 0.5}),
    ("momentum", "risk", WGAN | {"clip_value": 0.01, "discriminator_beta1": 0.5},
     WGAN | {"clip_value": 0.01, "discriminator_beta1": 0.0}),
    ("momentum", "note", GP | {"discriminator_beta1": 0.9}, GP | {"discriminator_beta1": 0.5}),
    ("penalty_weight", "risk", GP | {"penalty_weight": 1000.0}, GP | {"penalty_weight": 10.0}),
    ("penalty_weight", "risk", GP | {"penalty_weight": 0.001}, GP | {"penalty_weight": 0.1}),
    ("penalty_weight", "note", WGAN | {"penalty_weight": 500.0}, {"penalty": "r1", "penalty_weight": 0.01}),
    ("clip_value", "risk", {"clip_value": 1e-4}, {"clip_value": 0.01}),
    ("clip_value", "note", {"clip_value": 1.0}, {"clip_value": 0.0}),
    ("unsafe_norm", "risk", {"penalty_norm_safe": False}, {"penalty_norm_safe": True}),
    ("half_precision", "risk", GP | {"precision": "float16"}, GP | {"precision": "bfloat16"}),
    ("half_precision", "risk", {"precision": "float16", "loss_scaling": False}, {"precision": "float16"}),
    ("half_precision", "note", GP | {"precision": "float16", "loss_scaling": True},
     {"precision": "float16", "loss_scaling": True}),
    ("small_data", "risk", {"dataset_size": 300.0}, {"dataset_size": 50_000.0}),
    ("small_data", "note", {"dataset_size": 300.0, "augmentation": "both"}, {"augmentation": "both"}),
    ("spectral_with_wasserstein", "risk", WGAN | {"spectral_norm": True},
     {"objective": "hinge", "spectral_norm": True}),
    ("spectral_with_wasserstein", "note", GP | {"discriminator_normalisation": "spectral"}, GP),
    ("saturating_loss", "note", {"objective": "minimax"}, GAN),
    ("saturating_loss", "risk", {"objective": "minimax", "d_steps": 5.0}, GAN | {"d_steps": 2.0}),
    ("kernel_not_divisible", "note", {"upsampling_kernel": 3.0, "upsampling_stride": 2.0},
     {"upsampling_kernel": 4.0, "upsampling_stride": 2.0}),
    ("kernel_not_divisible", "risk",
     {"upsampling_kernel": 3.0, "upsampling_stride": 2.0, "samples": "checkerboard"},
     {"upsampling_kernel": 3.0, "upsampling_stride": 1.0, "samples": "checkerboard"}),
    ("augmentation_leak", "risk", {"augmentation_probability": 0.95}, {"augmentation_probability": 0.5}),
    ("augmentation_leak", "risk", {"samples": "augmented"}, {"samples": "good"}),
    ("loss_mismatch", "risk", WGAN | {"loss_function": "bce"}, WGAN | {"loss_function": "mean"}),
    ("small_batch", "risk", {"batch_size": 4.0}, {"batch_size": 16.0}),
    ("penalty_on_probability", "risk", GAN | {"penalty": "dragan", "discriminator_output": "sigmoid"},
     GAN | {"penalty": "none", "discriminator_output": "sigmoid"}),
    ("penalty_interpolation", "risk", {"penalty_interpolation": "per_batch"}, {"penalty_interpolation": "per_sample"}),
    ("penalty_interpolation", "risk", {"penalty_coefficient": "normal"}, {"penalty_coefficient": "uniform"}),
    ("resumed_without_optimizer", "risk", {"resumed_without_optimizer": True}, {"resumed_without_optimizer": False}),
    ("unshuffled_data", "risk", {"shuffled": False}, {"shuffled": True}),
    ("latent_too_small", "risk", {"latent_dim": 2.0}, {"latent_dim": 64.0}),
    ("critic_steps", "note", WGAN | {"d_steps": 1.0}, WGAN | {"d_steps": 5.0}),
    ("critic_steps", "risk", {"d_steps": 1.0, "g_steps": 10.0}, {"d_steps": 1.0, "g_steps": 2.0}),
    ("critic_steps", "risk", GAN | {"d_steps": 25.0}, GAN | {"d_steps": 1.0}),
    ("critic_steps", "note", WGAN | {"d_steps": 100.0}, WGAN | {"d_steps": 10.0}),
    ("receptive_field", "risk", {"receptive_field": 16.0, "image_size": 256.0},
     {"receptive_field": 70.0, "image_size": 256.0}),
    ("capacity_gap", "note", {"generator_parameters": 1e5, "discriminator_parameters": 5e6},
     {"generator_parameters": 1e6, "discriminator_parameters": 5e6}),
    ("capacity_gap", "risk", {"generator_parameters": 1e3, "discriminator_parameters": 5e6},
     {"generator_parameters": 1e3}),
    ("capacity_gap", "risk", {"generator_width": 4.0, "discriminator_width": 64.0},
     {"generator_width": 8.0, "discriminator_width": 512.0}),
    ("capacity_gap", "risk", {"generator_width": 128.0, "discriminator_width": 2.0},
     {"generator_width": 8.0, "discriminator_width": 2.0}),
    ("duplicated_data", "risk", {"duplicate_share": 0.4}, {"duplicate_share": 0.01}),
    ("duplicated_data", "note", {"duplicate_share": 0.05}, {"duplicate_share": 0.0}),
    ("label_smoothing", "risk", GAN | {"real_target": 0.9, "fake_target": 0.1}, GAN | {"real_target": 0.9}),
    ("label_smoothing", "risk", GAN | {"real_target": 0.5}, {"objective": "least_squares", "fake_target": 0.1}),
    ("label_smoothing", "note", GAN | {"real_target": 1.2}, GAN | {"real_target": 1.0, "fake_target": 0.0}),
    ("label_smoothing", "note", GAN | {"real_target": 0.0, "fake_target": 1.0}, GAN),
    ("weight_decay", "note", {"weight_decay": 1e-4}, {"weight_decay": 0.0}),
    ("weight_decay", "risk", {"weight_decay": 0.1}, {}),
    ("clip_before_step", "note", {"clip_after_step": False}, {"clip_after_step": True}),
    ("clip_before_step", "risk",
     {"clip_after_step": False, "clip_value": 0.01, "discriminator_learning_rate": 2e-3},
     {"clip_after_step": True, "clip_value": 0.01, "discriminator_learning_rate": 2e-3}),
    ("penalty_points", "note", GP | {"penalty_points": "real"}, {"penalty": "r1", "penalty_points": "real"}),
    ("penalty_points", "risk", GP | {"penalty_points": "noise"}, GP | {"penalty_points": "interpolates"}),
    ("gradient_clipping", "note", {"gradient_clipping": 1.0}, {"gradient_clipping": 0.0}),
    ("distributed_penalty", "note", GP | {"processes": 4.0}, {"processes": 4.0}),
    ("squashed_least_squares", "note", {"objective": "least_squares", "discriminator_output": "sigmoid"},
     {"objective": "least_squares", "discriminator_output": "linear"}),
    ("normalisation_slip", "note", {"batch_norm_eps": 0.8}, {"batch_norm_eps": 1e-5}),
    ("normalisation_placement", "note", {"normalisation_at_generator_output": True},
     {"normalisation_at_generator_output": False}),
    ("hidden_activation", "note", {"discriminator_activation": "relu"}, {"discriminator_activation": "leaky_relu"}),
    ("dropout_in_critic", "note", GP | {"discriminator_dropout": 0.3}, GAN | {"discriminator_dropout": 0.3}),
    ("noisy_targets", "note", {"noisy_targets": True}, {"noisy_targets": False}),
    ("no_average", "note", {"ema": False}, {"ema": True}),
    ("reported_samples", "harm", {"samples": "noise"}, {}),
    ("reported_samples", "note", {"samples": "good"}, {}),
    ("reported_losses", "risk", {"losses": "growing"}, {}),
    ("spoken_of", "risk", {"spoken_of": "clip_before_step"}, {}),
    ("spoken_of", "risk", {"spoken_of": "squashed_critic, momentum", "discriminator_output": "linear"},
     {"spoken_of": "squashed_critic", "discriminator_output": "linear"}),
    ("reported_losses", "note", {"losses": "discriminator_wins", "samples": "improving"}, {"samples": "good"}),
]  # fmt: skip

ADAM = {"generator_optimizer": "adam", "discriminator_optimizer": "adam", "batch_size": 64.0}
RATES = {"generator_learning_rate": 2e-4, "discriminator_learning_rate": 2e-4}
HALF = {"generator_beta1": 0.5, "discriminator_beta1": 0.5}
WIRED = {
    "generator_sign_wrong": False, "discriminator_sign_wrong": False, "labels_swapped": False, "fakes_detached": True,
    "gradients_zeroed": True, "generator_in_optimizer": True, "discriminator_in_optimizer": True,
    "generator_moves": True, "discriminator_moves": True, "latents_used": True, "output_constant": False,
    "shuffled": True, "optimizers_share_parameters": False, "latent_dim": 100.0, "precision": "float32",
    "data_min": -1.0, "data_max": 1.0, "generator_output": "tanh", "generator_normalisation": "batch", "ema": True,
    "mode_eval_at_training": False, "real_cue": False, "augmentation": "none", "dataset_size": 60_000.0,
}  # fmt: skip
DCGAN_RULES = {
    "discriminator_normalisation": "batch", "discriminator_mixes_samples": True, "discriminator_output": "sigmoid",
    "loss_function": "bce", "upsampling_kernel": 4.0, "upsampling_stride": 2.0,
    "discriminator_activation": "leaky_relu",
    "generator_parameters": 3.6e6, "discriminator_parameters": 2.8e6, "initialisation": "dcgan",
}  # fmt: skip
PENALTY = {
    "penalty_weight": 10.0, "penalty_in_loss": True, "penalty_reaches_weights": True, "penalty_norm": "per_sample",
    "penalty_points": "interpolates", "penalty_interpolation": "per_sample", "penalty_coefficient": "uniform",
    "penalty_norm_safe": True, "generator_beta1": 0.0, "discriminator_beta1": 0.0, "d_steps": 5.0,
    "discriminator_output": "linear", "discriminator_normalisation": "none", "discriminator_mixes_samples": False,
}  # fmt: skip
SPECTRAL = {"objective": "hinge", "penalty": "none", "spectral_norm": True, "discriminator_output": "linear"}

HEALTHY = {
    "our gan": WIRED | GAN | ADAM | RATES | HALF | {"real_target": 0.9, "discriminator_dropout": 0.3},
    "our dcgan": WIRED | GAN | ADAM | RATES | HALF | DCGAN_RULES | {"real_target": 0.9, "penalty": "none"},
    "our wgan": WIRED | WGAN | RATES | {
        "penalty": "none", "clip_value": 0.01, "clip_after_step": True, "generator_optimizer": "rmsprop",
        "d_steps": 5.0,
        "discriminator_optimizer": "rmsprop", "generator_learning_rate": 5e-5, "discriminator_learning_rate": 5e-5,
        "discriminator_normalisation": "batch", "discriminator_output": "linear",
    },
    "our wgan-gp": WIRED | GP | ADAM | RATES | PENALTY,
    "our sngan": WIRED | SPECTRAL | ADAM | RATES | HALF,
    "our cgan": WIRED | GAN | ADAM | RATES | HALF | DCGAN_RULES | {
        "conditional": True, "classes": 10.0, "conditioning": "projection", "label_reaches_generator": True,
        "label_reaches_discriminator": True, "labels_shuffled": False, "real_target": 0.9,
    },
    "the DCGAN tutorial": WIRED | GAN | ADAM | RATES | HALF | DCGAN_RULES | {"batch_size": 128.0, "ema": False},
    "the WGAN-GP paper": WIRED | GP | ADAM | PENALTY | {
        "generator_learning_rate": 1e-4, "discriminator_learning_rate": 1e-4, "discriminator_normalisation": "layer",
    },
    "SNGAN": WIRED | SPECTRAL | ADAM | RATES | {"generator_beta1": 0.0, "discriminator_beta1": 0.0, "d_steps": 5.0},
    "BigGAN": WIRED | SPECTRAL | ADAM | {
        "generator_learning_rate": 5e-5, "discriminator_learning_rate": 2e-4, "batch_size": 2048.0, "d_steps": 2.0,
        "generator_spectral_norm": True, "conditional": True, "conditioning": "projection", "classes": 1000.0,
        "generator_beta1": 0.0, "discriminator_beta1": 0.0, "discriminator_activation": "relu",
        "discriminator_architecture": "resnet", "initialisation": "orthogonal", "processes": 8.0,
    },
    "StyleGAN2": WIRED | GAN | ADAM | {
        "penalty": "r1", "penalty_weight": 10.0, "generator_learning_rate": 2.5e-3, "penalty_every": 16.0,
        "discriminator_learning_rate": 2.5e-3, "batch_size": 32.0, "minibatch_layer": True, "loss_function": "softplus",
        "discriminator_mixes_samples": True, "discriminator_output": "linear", "generator_beta1": 0.0,
        "discriminator_beta1": 0.0, "latent_dim": 512.0, "precision": "float16", "loss_scaling": True,
        "generator_output": "linear", "generator_normalisation": "none", "processes": 8.0,
    },
    "LSGAN": WIRED | ADAM | RATES | HALF | {
        "objective": "least_squares", "loss_function": "mse", "discriminator_output": "linear", "penalty": "none",
        "real_target": 1.0, "fake_target": 0.0,
    },
    "PyTorch-GAN's gan": WIRED | GAN | ADAM | RATES | HALF | {
        "batch_norm_eps": 0.8, "loss_function": "bce", "discriminator_output": "sigmoid", "ema": False,
    },
    "PyTorch-GAN's wgan_gp": WIRED | GP | ADAM | RATES | PENALTY | HALF | {
        "batch_norm_eps": 0.8, "fakes_detached": False, "ema": False, "penalty_norm_safe": True,
    },
    "pix2pix": WIRED | GAN | ADAM | RATES | HALF | {
        "conditional": True, "receptive_field": 70.0, "image_size": 256.0, "discriminator_architecture": "patch",
        "discriminator_normalisation": "instance", "generator_normalisation": "instance", "batch_size": 8.0,
        "loss_function": "bce_with_logits", "discriminator_output": "linear",
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "severity", "facts", "innocent"), PLANTED)
def test_planted_facts_are_named_and_innocent_ones_are_not(name, severity, facts, innocent):
    finding = RULES[name].examine(Case(Facts(facts), NOTHING))
    assert finding is not None
    assert finding.name == name
    assert finding.severity == severity
    worse = RULES[name].examine(Case(Facts(innocent), NOTHING))
    assert worse is None or worse.severity.rank > Severity(severity).rank


@pytest.mark.parametrize(("name", "facts"), [(name, facts) for name, _, facts, _ in PLANTED])
def test_a_finding_shows_the_facts_it_rests_on_and_says_what_to_do(name, facts):
    finding = RULES[name].examine(Case(Facts(facts), NOTHING))
    assert finding.evidence
    assert {evidence.signal.removeprefix("fact/") for evidence in finding.evidence} <= set(facts)
    assert all(evidence.value == Facts(facts)[evidence.signal.removeprefix("fact/")] for evidence in finding.evidence)
    assert finding.explanation
    assert finding.remedies or finding.severity is Severity.NOTE
    assert finding.symptom.endswith(".")
    assert 0.0 < finding.confidence <= 1.0


@pytest.mark.parametrize(("name", "facts"), [(name, facts) for name, _, facts, _ in PLANTED])
def test_every_cause_that_is_named_is_a_failure_of_the_catalogue(name, facts):
    finding = RULES[name].examine(Case(Facts(facts), NOTHING))
    assert {cause.name for cause in finding.causes} <= {rule.name for rule in CATALOGUE}


def test_every_rule_on_facts_is_planted():
    assert set(RULES) - {name for name, *_ in PLANTED} == {"undertrained"}


@pytest.mark.parametrize("name", HEALTHY)
def test_common_set_ups_raise_nothing_worse_than_a_note(name):
    rules = (*WIRING, *SETTINGS, *REPORTED)
    findings = examine(Facts(HEALTHY[name]), NOTHING, rules)
    assert [finding.name for finding in findings if finding.severity.rank < Severity.NOTE.rank] == []


@pytest.mark.parametrize("name", HEALTHY)
def test_each_wiring_error_is_found_in_the_middle_of_a_healthy_set_up(name):
    anywhere = [
        (planted, facts)
        for planted, severity, facts, _ in PLANTED
        if severity == "wiring" and not {"objective", "penalty", "loss_function", "data_min"} & set(facts)
    ]
    assert len(anywhere) > 20
    for planted, facts in anywhere:
        found = examine(Facts(HEALTHY[name] | facts), NOTHING, (*WIRING, *SETTINGS, *REPORTED))
        assert planted in {finding.name for finding in found if finding.severity is Severity.WIRING}


def test_nothing_is_said_of_nothing():
    assert examine(Facts(), NOTHING) == ()


def test_a_short_run_with_unfinished_samples_has_only_begun():
    short = history_of([(at, {"loss/generator": 1.0}) for at in range(1, 4)], unit="epochs")
    long = history_of([(at, {"loss/generator": 1.0}) for at in range(1, 100)], unit="epochs")
    rule = RULES["undertrained"]
    assert rule.examine(Case(Facts({"samples": "noise"}), short)).severity is Severity.NOTE
    assert rule.examine(Case(Facts({"samples": "noise"}), long)) is None
    assert rule.examine(Case(Facts({"samples": "identical"}), short)) is None
    assert rule.examine(Case(Facts({"samples": "noise"}), NOTHING)) is None
