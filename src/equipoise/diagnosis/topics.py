"""The causes behind what is only spoken of, the likeliest first."""

from equipoise.core.records import Cause
from equipoise.diagnosis.case import Case

TROUBLE = "trouble"
"""Nothing is known but that it goes wrong."""

_NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "penalty_norm": ("penalty_not_wired", "batch_norm_in_critic"),
    "unsafe_norm": ("learning_rate", "half_precision"),
    "penalty_not_wired": ("distributed_penalty", "penalty_norm"),
    "distributed_penalty": ("penalty_not_wired", "penalty_norm"),
    "penalty_interpolation": ("penalty_norm", "penalty_points"),
    "penalty_weight": ("small_data", "quality_worsens"),
    "half_precision": ("unsafe_norm", "learning_rate"),
    "kernel_not_divisible": ("checkerboard", "receptive_field"),
    "checkerboard": ("kernel_not_divisible", "receptive_field"),
    "resumed_without_optimizer": ("learning_rate", "quality_worsens"),
    "augmentation_leak": ("one_sided_augmentation", "small_data"),
    "frozen_discriminator": ("shared_optimizer", "frozen_generator"),
    "shared_optimizer": ("frozen_discriminator", "momentum"),
    "frozen_generator": ("discriminator_dominates", "gradient_leak"),
    "stale_gradients": ("gradient_leak", "shared_optimizer"),
    "clip_before_step": ("clip_missing", "clip_value"),
    "clip_missing": ("critic_runs_away", "penalty_not_wired"),
    "critic_steps": ("critic_lags", "momentum"),
    "swapped_labels": ("discriminator_sign", "generator_sign"),
    "double_sigmoid": ("squashed_critic", "discriminator_dominates"),
    "missing_sigmoid": ("loss_mismatch", "double_sigmoid"),
    "loss_mismatch": ("squashed_least_squares", "generator_sign"),
    "saturating_loss": ("discriminator_dominates", "generator_sign"),
    "squashed_critic": ("double_sigmoid", "loss_mismatch"),
    "squashed_least_squares": ("squashed_critic", "loss_mismatch"),
    "batch_norm_in_critic": ("penalty_norm", "normalisation_placement"),
    "data_range": ("normalisation_placement", "real_cue"),
    "labels_shuffled": ("label_not_wired", "label_ignored"),
    "label_not_wired": ("label_ignored", "labels_shuffled"),
    "samples_in_eval_mode": ("small_batch", "no_average"),
    "discriminator_dominates": ("discriminator_too_fast", "real_cue"),
    "mode_collapse": ("small_data", "momentum"),
    "quality_worsens": ("mode_collapse", "learning_rate"),
    "learning_rate": ("mode_collapse", "momentum"),
    "small_data": ("discriminator_memorises", "mode_collapse"),
    "small_batch": ("mode_collapse", "batch_norm_in_critic"),
    "latents_ignored": ("mode_collapse", "latents_fixed"),
    "label_smoothing": ("noisy_targets", "swapped_labels"),
    "real_cue": ("discriminator_dominates", "data_range"),
    "unshuffled_data": ("hunting", "mode_collapse"),
    "latents_fixed": ("discriminator_memorises", "latents_ignored"),
    "generator_sign": ("discriminator_sign", "swapped_labels"),
    "skips_updates": ("discriminator_dominates", "frozen_discriminator"),
}
"""What is spoken of, and what else such a text may turn out to be about."""

_OFTEN = {
    "wasserstein": ("critic_steps", "batch_norm_in_critic", "squashed_critic"),
    "other": ("discriminator_dominates", "mode_collapse", "data_range"),
}
"""By how often, by `python -m benchmarks.doctor.threads --count`: 5, 4 and 4 of 35 with a
critic, 11, 10 and 8 of 116 without."""


def spoken_of(case: Case) -> tuple[Cause, ...]:
    """What a text is about goes before what is merely possible; nothing where none is named."""
    topic = case.facts.choice("spoken_of")
    return () if topic in (None, TROUBLE) else causes_of(topic, case)[:1]


def causes_of(topic: str, case: Case) -> tuple[Cause, ...]:
    """The causes that a topic, or an unspecific complaint, most often has in such a set-up."""
    if topic == TROUBLE:
        often = _OFTEN["wasserstein" if case.wasserstein or case.penalised else "other"]
        return tuple(Cause(name=name, text="It is often this, with such an objective.") for name in often)
    first = Cause(name=topic, text="Its own words are used.")
    return (first, *(Cause(name=name, text="It is told in similar words.") for name in _NEIGHBOURS[topic]))
