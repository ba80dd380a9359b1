"""What the doctor is told of each recipe before its first step."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from equipoise.constraints import CONSTRAINTS, R1
from equipoise.objectives import OBJECTIVES, objective
from equipoise.recipes.facts import facts_of
from equipoise.recipes.presets import PRESETS
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import set_up

PAPERS = {
    "gan": {"objective": "non_saturating", "penalty": "none", "real_target": 0.9, "discriminator_dropout": 0.3},
    "dcgan": {"generator_architecture": "dcgan", "discriminator_normalisation": "batch", "upsampling_kernel": 4.0,
              "discriminator_mixes_samples": True},
    "wgan": {"objective": "wasserstein", "clip_value": 0.01, "d_steps": 5.0, "generator_optimizer": "rmsprop",
             "generator_beta1": 0.0},
    "wgan-gp": {"objective": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 10.0, "d_steps": 5.0,
                "discriminator_beta1": 0.0, "beta2": 0.9, "penalty_points": "interpolates"},
    "sngan": {"objective": "hinge", "spectral_norm": True, "penalty": "none"},
    "cgan": {"conditional": True, "conditioning": "projection", "classes": 10.0},
    "rpgan": {"objective": "relativistic", "discriminator_beta1": 0.0, "beta2": 0.99, "batch_size": 128.0},
    "rpgan-points": {"objective": "relativistic", "discriminator_beta1": 0.0, "beta2": 0.99,
                     "generator_normalisation": "none"},
}  # fmt: skip


def facts(recipe, **settings):
    chosen = chosen_recipe(recipe, "digits", images=640, settings={"training.device": "cpu", **settings})
    return facts_of(set_up(chosen, "digits"))


@pytest.mark.parametrize("recipe", PRESETS)
def test_each_recipe_is_told_as_its_paper_has_it(recipe):
    size = {"data.size": 16} if recipe == "dcgan" else {}
    told = facts(recipe, **size)
    assert {name: told[name] for name in PAPERS[recipe]} == PAPERS[recipe]
    assert told["batch_size"] == PAPERS[recipe].get("batch_size", 64)
    assert told["data_min"] == -1.0
    assert told["total_steps"] == 640
    assert told["dataset_size"] == 1797 - 90


def test_penalties_are_told_together_and_apart():
    both = facts("gan", **{"constraints.r1.weight": 5.0, "constraints.r2.weight": 2.0, "constraints.r1.every": 4})
    assert (both["penalty"], both["penalty_weight"], both["penalty_every"]) == ("r1_r2", 5.0, 4.0)
    assert "penalty_points" not in both
    odd = facts("gan", **{"constraints.r1.weight": 5.0, "constraints.dragan.weight": 2.0})
    assert odd["penalty"] == "other"
    assert facts("gan", **{"constraints.r1.weight": 5.0})["penalty_points"] == "real"


def test_of_networks_of_ones_own_only_what_can_be_known_is_told():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Linear(100, 64)

        def forward(self, latents):
            return self.net(latents).tanh().view(-1, 1, 8, 8)

    chosen = chosen_recipe("gan", "digits", images=640, settings={"training.device": "cpu", "conditioning": "none"})
    told = facts_of(set_up(chosen, "digits", generator=Own()))
    assert told["generator_architecture"] == "other"
    assert told["generator_parameters"] == 100 * 64 + 64
    assert not {"generator_output", "generator_normalisation", "upsampling"} & set(told)
    assert told["discriminator_architecture"] == "mlp"


def test_an_objective_of_ones_own_counts_as_the_best_known_of_its_family(monkeypatch):
    for family, known in (("logistic", "non_saturating"), ("hinge", "hinge"), ("wasserstein", "wasserstein")):
        own = replace(objective("hinge"), name="own", family=family)
        monkeypatch.setitem(OBJECTIVES, "own", lambda own=own: own)
        told = facts("gan", **{"objective.name": "own", "objective.real_target": 1.0})
        assert (told["objective"], told["loss_function"]) == (known, "other")
        assert "real_target" not in told


def test_a_penalty_of_ones_own_is_told_as_other(monkeypatch):
    class Own(R1):
        name = "own"

    monkeypatch.setitem(CONSTRAINTS, "own", Own)
    told = facts("gan", **{"constraints.own.weight": 3.0})
    assert (told["penalty"], told["penalty_weight"]) == ("other", 3.0)
    assert "penalty_points" not in told


def test_points_have_no_range_of_pixels():
    chosen = chosen_recipe("gan", "ring-8", images=640, settings={"training.device": "cpu"})
    told = facts_of(set_up(chosen, "ring-8"))
    assert not {"image_size", "data_min", "generator_min"} & set(told)
    assert (told["generator_output"], told["conditional"]) == ("linear", False)


def test_parameters_are_counted():
    chosen = chosen_recipe("wgan", "digits", images=640, settings={"training.device": "cpu"})
    setup = set_up(chosen, "digits")
    counted = sum(torch.numel(p) for p in setup.players.discriminator.parameters())
    assert facts_of(setup)["discriminator_parameters"] == counted
