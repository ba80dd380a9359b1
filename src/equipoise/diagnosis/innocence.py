"""Which causes the facts rule out, and in what words."""

from equipoise.core.facts import Facts
from equipoise.core.records import FactValue
from equipoise.core.vocabulary import VOCABULARY

INNOCENT: dict[str, dict[str, tuple[FactValue, ...]]] = {
    "generator_sign": {"generator_sign_wrong": (False,)},
    "discriminator_sign": {"discriminator_sign_wrong": (False,)},
    "swapped_labels": {"labels_swapped": (False,), "discriminator_sign_wrong": (False,)},
    "frozen_discriminator": {"discriminator_moves": (True,)},
    "frozen_generator": {"generator_moves": (True,)},
    "penalty_not_wired": {"penalty_reaches_weights": (True,)},
    "penalty_norm": {"penalty_norm": ("per_sample",)},
    "gradient_leak": {"generator_gradients_leak": (False,)},
    "stale_gradients": {"gradients_zeroed": (True,)},
    "constant_output": {"output_constant": (False,)},
    "latents_ignored": {"latents_used": (True,)},
    "squashed_critic": {"discriminator_output": ("linear",)},
    "double_sigmoid": {"discriminator_output": ("linear",)},
    "batch_norm_in_critic": {
        "discriminator_normalisation": ("none", "layer", "instance", "group", "spectral"),
        "discriminator_mixes_samples": (False,),
    },
    "saturating_loss": {"objective": ("non_saturating", "least_squares", "hinge", "wasserstein", "relativistic")},
    "shared_optimizer": {"optimizers_share_parameters": (False,)},
}
"""Causes, each with facts of which one suffices to rule it out."""


def acquittal(cause: str, facts: Facts) -> str | None:
    """Why it cannot be that cause; None if it can."""
    for name, values in INNOCENT.get(cause, {}).items():
        if name in facts and facts[name] in values:
            value = facts[name]
            said = ("yes" if value else "no") if isinstance(value, bool) else value
            return f"{cause}: {VOCABULARY[name].meaning} ({said})"
    return None
