"""The rules that read signals, in the order in which they are to be believed as causes of the others."""

from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules import (
    at_equilibrium,
    batch_norm_allowed,
    changed_game,
    checkerboard,
    clip_binding,
    clip_never_binds,
    constant_of_its_own,
    critic_dead,
    critic_lags,
    critic_loss_negative,
    critic_loss_rises,
    critic_runs_away,
    degenerate_latents,
    discriminator_dominates,
    discriminator_fooled,
    discriminator_memorises,
    discriminator_too_fast,
    early_certainty,
    generator_capacity,
    generator_loss_drifts,
    generator_loss_rises,
    generator_too_fast,
    hunting,
    label_ignored,
    lipschitz_violated,
    logit_blowup,
    loss_floor,
    missing_modes,
    mode_collapse,
    no_game,
    noisy_gradient,
    one_sided_discriminator,
    quality_worsens,
    reals_apart,
    samples_explode,
    samples_fall_short,
    samples_scattered,
    samples_stall,
    saturated_generator,
    saturated_pixels,
    single_spikes,
    smoothing_caps,
    soft_penalty,
    spectral_collapse,
    sudden_change,
    weights_at_bound,
)

MECHANISMS: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        loss_floor,
        critic_dead,
        generator_too_fast,
        discriminator_too_fast,
        lipschitz_violated,
        critic_runs_away,
        clip_binding,
        clip_never_binds,
        noisy_gradient,
        saturated_generator,
        saturated_pixels,
        discriminator_memorises,
        degenerate_latents,
        spectral_collapse,
        sudden_change,
        critic_lags,
        logit_blowup,
        discriminator_fooled,
        one_sided_discriminator,
        discriminator_dominates,
        no_game,
        hunting,
        generator_capacity,
    )
)

SYMPTOMS: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        label_ignored,
        reals_apart,
        mode_collapse,
        missing_modes,
        samples_explode,
        quality_worsens,
        samples_stall,
        samples_scattered,
        samples_fall_short,
        checkerboard,
    )
)

REASSURANCES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        at_equilibrium,
        critic_loss_rises,
        critic_loss_negative,
        generator_loss_drifts,
        generator_loss_rises,
        early_certainty,
        soft_penalty,
        constant_of_its_own,
        smoothing_caps,
        weights_at_bound,
        batch_norm_allowed,
        changed_game,
        single_spikes,
    )
)
