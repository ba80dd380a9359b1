"""What is known of a run before its first step, in the words that the rules understand."""

from collections.abc import Mapping

from torch import nn

from equipoise.constraints import PenaltyTerm
from equipoise.core.facts import Facts
from equipoise.core.records import FactValue
from equipoise.objectives import Objective
from equipoise.recipes.schema import Recipe
from equipoise.recipes.setup import Setup

LOSS_FUNCTIONS = {
    "minimax": "bce_with_logits",
    "non_saturating": "bce_with_logits",
    "least_squares": "mse",
    "hinge": "hinge",
    "wasserstein": "mean",
    "relativistic": "softplus",
}
BEST_KNOWN = {"logistic": "non_saturating"}
"""Of the families that are not named like their only objective."""

PENALTY_POINTS = {
    "gradient_penalty": "interpolates",
    "one_sided_gradient_penalty": "interpolates",
    "dragan": "noise",
    "r1": "real",
    "r2": "fake",
}

ALWAYS: dict[str, FactValue] = {
    "discriminator_output": "linear",
    "generator_sign_wrong": False,
    "discriminator_sign_wrong": False,
    "labels_swapped": False,
    "latent_distribution": "normal",
    "latents_fixed": False,
    "shuffled": True,
    "augmentation": "none",
    "instance_noise": "none",
    "preprocessing_differs": False,
    "g_steps": 1.0,
    "skips_updates": False,
    "fakes_detached": True,
    "generator_gradients_leak": False,
    "gradients_zeroed": True,
    "generator_in_optimizer": True,
    "discriminator_in_optimizer": True,
    "optimizers_share_parameters": False,
    "loss_scaling": False,
    "resumed_without_optimizer": False,
    "mode_eval_at_training": False,
    "weight_decay": 0.0,
}
"""What this engine does in every run, and its tests hold it to."""


def facts_of(setup: Setup) -> Facts:
    """From the resolved recipe, the networks and the data."""
    recipe = setup.recipe
    return Facts(
        {
            **ALWAYS,
            **_objective(recipe, setup.game.objective),
            **_penalties(setup.game.penalties),
            **_constraints(recipe),
            **_networks(setup),
            **_conditioning(setup),
            **_data(setup),
            **_optimisation(recipe),
            # of several nothing is said: the rule that knows this fact is about wrappers that we do not use
            **({"processes": 1.0} if setup.processes.alone else {}),
        }
    )


def _objective(recipe: Recipe, objective: Objective) -> Mapping[str, FactValue]:
    """An objective of the user's own counts as the best known of its family, since its scores have the same scale."""
    name = objective.name if objective.name in LOSS_FUNCTIONS else BEST_KNOWN.get(objective.family, objective.family)
    facts: dict[str, FactValue] = {"objective": name, "loss_function": LOSS_FUNCTIONS.get(objective.name, "other")}
    if objective.name in LOSS_FUNCTIONS and objective.family == "logistic":
        facts |= {"real_target": recipe.objective.real_target, "fake_target": 0.0, "noisy_targets": False}
    return facts


def _penalties(terms: tuple[PenaltyTerm, ...]) -> Mapping[str, FactValue]:
    names = sorted(term.penalty.name for term in terms)
    if not names:
        return {"penalty": "none"}
    facts: dict[str, FactValue] = {
        "penalty": _penalty_name(names),
        "penalty_weight": max(term.weight for term in terms),
        "penalty_every": float(max(term.every for term in terms)),
        "penalty_in_loss": True,
        "penalty_reaches_weights": True,
        "penalty_norm": "per_sample",
        "penalty_norm_safe": True,
    }
    if len(names) == 1 and names[0] in PENALTY_POINTS:
        facts["penalty_points"] = PENALTY_POINTS[names[0]]
    if facts.get("penalty_points") == "interpolates":
        facts |= {"penalty_interpolation": "per_sample", "penalty_coefficient": "uniform"}
    return facts


def _penalty_name(names: list[str]) -> str:
    if names == ["r1", "r2"]:
        return "r1_r2"
    return names[0] if len(names) == 1 and names[0] in PENALTY_POINTS else "other"


def _constraints(recipe: Recipe) -> Mapping[str, FactValue]:
    facts: dict[str, FactValue] = {
        "spectral_norm": recipe.discriminator.spectral_norm,
        "generator_spectral_norm": False,
    }
    if recipe.discriminator.weight_clip is not None:
        facts |= {"clip_value": recipe.discriminator.weight_clip, "clip_after_step": True}
    return facts


def _networks(setup: Setup) -> Mapping[str, FactValue]:
    """Of networks of the user's own only what the engine itself decides or can count."""
    generator, discriminator = setup.recipe.generator, setup.recipe.discriminator
    facts: dict[str, FactValue] = {
        "generator_parameters": _parameters(setup.players.generator),
        "discriminator_parameters": _parameters(setup.players.discriminator),
        "latent_dim": float(generator.latent_dim),
        "packing": float(discriminator.packing),
        "mode_seeking": generator.mode_seeking,
    }
    for player, settings in (("generator", generator), ("discriminator", discriminator)):
        own = settings.architecture == "own"
        facts[f"{player}_architecture"] = "other" if own else settings.architecture
    image = len(setup.facts.sample_shape) == 3
    if generator.architecture != "own":
        facts |= {
            "generator_normalisation": generator.normalisation,
            "generator_output": "tanh" if image else "linear",
            "generator_activation": "leaky_relu" if generator.architecture == "mlp" else "relu",
            "generator_dropout": 0.0,
            "upsampling": {"dcgan": "transposed", "resnet": "resize"}.get(generator.architecture, "none"),
        }
    if generator.architecture == "dcgan":
        facts |= {"upsampling_kernel": 4.0, "upsampling_stride": 2.0}
    if discriminator.architecture != "own":
        facts |= {
            "discriminator_normalisation": discriminator.normalisation,
            "discriminator_mixes_samples": discriminator.normalisation == "batch" or _compares(setup.recipe),
            "discriminator_activation": "relu" if discriminator.architecture == "resnet" else "leaky_relu",
            "discriminator_dropout": discriminator.dropout,
            "minibatch_layer": _compares(setup.recipe),
        }
    return facts


def _compares(recipe: Recipe) -> bool:
    return recipe.discriminator.minibatch != "none" or recipe.discriminator.packing > 1


def _conditioning(setup: Setup) -> Mapping[str, FactValue]:
    conditional = setup.recipe.conditioning != "none"
    facts: dict[str, FactValue] = {"conditional": conditional, "conditioning": setup.recipe.conditioning}
    return facts | {"classes": float(setup.facts.classes)} if conditional else facts


def _data(setup: Setup) -> Mapping[str, FactValue]:
    facts: dict[str, FactValue] = {"dataset_size": float(setup.facts.count)}
    if len(setup.facts.sample_shape) == 3:
        channels, _, side = setup.facts.sample_shape
        facts |= {"image_size": float(side), "channels": float(channels), "generator_min": -1.0, "generator_max": 1.0}
        samples, _ = setup.store.batch(setup.training_indices[:256])
        facts |= {"data_min": float(samples.min()), "data_max": float(samples.max())}
    return facts


def _optimisation(recipe: Recipe) -> Mapping[str, FactValue]:
    facts: dict[str, FactValue] = {
        "batch_size": float(recipe.training.batch_size),
        "d_steps": float(recipe.training.d_steps),
        "precision": recipe.training.precision,
        "ema": recipe.training.ema_half_life > 0,
    }
    for player, settings in (("generator", recipe.generator), ("discriminator", recipe.discriminator)):
        facts[f"{player}_optimizer"] = settings.optimizer
        facts[f"{player}_learning_rate"] = settings.learning_rate
        facts[f"{player}_beta1"] = settings.betas[0] if settings.optimizer == "adam" else 0.0
    if recipe.discriminator.optimizer == "adam":
        facts["beta2"] = recipe.discriminator.betas[1]
    if recipe.training.images is not None:
        facts["total_steps"] = float(recipe.training.images)
    return facts


def _parameters(module: nn.Module) -> float:
    return float(sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad))
