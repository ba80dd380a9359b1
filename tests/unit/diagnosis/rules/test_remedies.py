"""What a finding tells a user of recipes to set can be set."""

import pytest

from equipoise.core.facts import Facts
from equipoise.core.history import History
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.set_up import SETTINGS, WIRING
from equipoise.recipes.override import overridden, parsed_settings
from equipoise.recipes.presets import preset

EXTREMES = [
    {"objective": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 1e4, "d_steps": 1.0},
    {"objective": "wasserstein", "penalty": "none", "clip_value": 1e-5, "discriminator_beta1": 0.9},
    {"objective": "wasserstein", "penalty": "none", "clip_value": 0.0, "spectral_norm": False},
    {"objective": "wasserstein", "spectral_norm": True, "discriminator_output": "sigmoid"},
    {"objective": "minimax", "d_steps": 30.0, "generator_beta1": 0.9, "fake_target": 0.1, "noisy_targets": True},
    {"penalty": "gradient_penalty", "penalty_in_loss": False, "discriminator_normalisation": "batch"},
    {"penalty": "gradient_penalty", "discriminator_dropout": 0.5, "precision": "float16"},
    {"generator_learning_rate": 0.1, "discriminator_learning_rate": 1e-4, "batch_size": 2.0, "latent_dim": 1.0},
    {"generator_parameters": 10.0, "discriminator_parameters": 1e6, "dataset_size": 100.0, "ema": False},
    {"latents_used": False, "label_reaches_generator": False, "skips_updates": True},
    {"receptive_field": 8.0, "image_size": 256.0},
]


def settings():
    for facts in EXTREMES:
        findings = [rule.examine(Case(Facts(facts), History(series={}))) for rule in (*WIRING, *SETTINGS)]
        for finding in findings:
            yield from ((finding.name, remedy.setting) for remedy in (finding.remedies if finding else ()))


@pytest.mark.parametrize(
    ("name", "setting"), sorted({pair for pair in settings() if pair[1].startswith("--set")}), ids=str
)
def test_a_remedy_can_be_written_after_set(name, setting):
    pair = setting.removeprefix("--set ").split("  #")[0]
    before = preset("wgan-gp")
    assert overridden(before, parsed_settings([pair])) is not None


def test_there_are_remedies_for_recipes():
    assert len({pair for pair in settings() if pair[1].startswith("--set")}) >= 25
