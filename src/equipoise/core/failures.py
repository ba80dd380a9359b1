"""The failures that have a page under docs/failures, by name."""

FAILURES: tuple[str, ...] = tuple(
    """
    augmentation_leak batch_norm_in_critic capacity_gap checkerboard clip_before_step clip_binding clip_missing
    clip_never_binds clip_value constant_output critic_dead critic_lags critic_runs_away critic_steps data_range
    degenerate_latents discriminator_dominates discriminator_fooled discriminator_memorises discriminator_sign
    discriminator_too_fast distributed_penalty double_sigmoid dropout_in_critic duplicated_data
    eval_mode_training few_readings frozen_discriminator frozen_generator generator_capacity generator_sign
    generator_too_fast gradient_clipping gradient_leak half_precision hidden_activation hunting
    kernel_not_divisible label_ignored label_not_wired label_smoothing labels_shuffled latent_too_small
    latents_fixed latents_ignored learning_rate learning_rates_apart lipschitz_violated logit_blowup loss_floor
    loss_mismatch missing_modes missing_sigmoid mode_collapse momentum no_average no_game noisy_gradient
    noisy_targets non_finite normalisation_placement normalisation_slip one_sided_augmentation
    one_sided_discriminator one_sided_noise penalty_interpolation penalty_norm penalty_not_wired
    penalty_on_probability penalty_points penalty_weight quality_worsens real_cue reals_apart receptive_field
    reported_losses reported_samples resumed_without_optimizer samples_explode samples_fall_short
    samples_in_eval_mode samples_scattered samples_stall saturated_generator saturated_pixels saturating_loss
    shared_optimizer skips_updates small_batch small_data spectral_collapse spectral_with_wasserstein spoken_of
    squashed_critic squashed_least_squares stale_gradients sudden_change swapped_labels undertrained unsafe_norm
    unshuffled_data weight_decay
    """.split()
)
