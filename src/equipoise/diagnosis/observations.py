"""What a person saw, in samples or in losses, and what is known to look like that.

The order within one observation is that of likelihood before any fact is known; a fact that speaks for a cause moves
it to the front, and one that speaks against it rules it out.
"""

from dataclasses import dataclass

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.suspects import (
    COLLAPSE,
    CONSTANT,
    DEVICES,
    DOMINATES,
    FEW_DATA,
    FROZEN,
    GRID,
    KERNEL,
    LABEL_UNWIRED,
    LABELS_WRONG,
    MOMENTUM,
    NORMALISED,
    ONE_STEP,
    RANGE,
    RATE,
    SATURATING,
    SHORT,
    SIGN,
    SMALL_BATCH,
    SQUASHED,
    UNUSED,
    UNWIRED,
    Suspect,
    asked_for_a_class,
    choice,
    critic,
    flag,
    number,
    unknown,
)
from equipoise.diagnosis.topics import spoken_of
from equipoise.diagnosis.wording import known

MOST_CAUSES = 5
VAGUE = 0.1
"""A text that resembles its failure less is right more seldom than the commonest cause of what was seen."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that samples can look like."""

    symptom: str
    severity: Severity
    suspects: tuple[Suspect, ...]


def reported(name: str, fact: str, observation: Observation, case: Case) -> Finding:
    """The finding `name` that an observation makes, with the causes that the facts leave."""
    judged = [(suspect, suspect.supported(case)) for suspect in observation.suspects]
    likely = [suspect for suspect, supported in judged if supported]
    possible = [suspect for suspect, supported in judged if supported is None]
    causes = [Cause(name=suspect.name, text=suspect.text) for suspect in likely]
    other = [Cause(name=suspect.name, text=suspect.text) for suspect in possible]
    vague = (case.facts.number("resemblance") or 0.0) < VAGUE
    causes += [*(other[:1] if vague else ()), *spoken_of(case), *other]
    return Finding(
        name=name,
        severity=observation.severity,
        symptom=observation.symptom,
        confidence=0.9,
        evidence=known(case.facts, fact),
        explanation="This is what was reported"
        + ("." if likely else "; the facts given do not decide between its causes."),
        causes=tuple({cause.name: cause for cause in causes}.values())[:MOST_CAUSES],
        ruled_out=tuple(f"{suspect.name}: the facts speak against it" for suspect, said in judged if said is False),
        remedies=(Remedy(text="follow the page of the first cause, one change at a time"),),
        measure_next=()
        if likely
        else (
            "the wiring, in seconds: `equipoise check module:build`",
            "the game as it is played: `eq.watch(generator, discriminator, objective=...)`",
        ),
    )


SAMPLES: dict[str, Observation] = {
    "identical": Observation(
        "All samples look the same.",
        Severity.HARM,
        (COLLAPSE, UNUSED, FEW_DATA, DOMINATES, RANGE, MOMENTUM, RATE, CONSTANT, SMALL_BATCH, ONE_STEP),
    ),
    "few_modes": Observation(
        "Samples are of a few kinds only.",
        Severity.HARM,
        (
            COLLAPSE,
            FEW_DATA,
            MOMENTUM,
            Suspect("latent_too_small", "The latents have too few numbers.", number("latent_dim", below=4.0)),
            SMALL_BATCH,
            Suspect("duplicated_data", "The data repeat themselves.", number("duplicate_share", above=0.02)),
        ),
    ),
    "noise": Observation(
        "Samples are noise.",
        Severity.HARM,
        (DOMINATES, NORMALISED, RATE, UNWIRED, SQUASHED, SHORT, SIGN, FROZEN, RANGE, DEVICES, ONE_STEP),
    ),
    "blank": Observation(
        "Samples are blank: one grey, black or white.",
        Severity.HARM,
        (RANGE, DOMINATES, COLLAPSE, SHORT, RATE, CONSTANT, SIGN),
    ),
    "saturated": Observation(
        "Samples are saturated: values stick at the ends of their range.",
        Severity.HARM,
        (Suspect("saturated_pixels", "The generator's last activation is driven flat.", unknown), RANGE, RATE, SIGN),
    ),
    "checkerboard": Observation("Samples show a grid.", Severity.RISK, (KERNEL, GRID)),
    "grainy": Observation("Samples are grainy.", Severity.RISK, (SHORT, RATE, NORMALISED, KERNEL)),
    "blurry": Observation(
        "Samples are blurred.",
        Severity.RISK,
        (
            SHORT,
            Suspect("generator_capacity", "The generator is too small for the detail.", unknown),
            Suspect("critic_lags", "The critic cannot follow and does not ask for detail.", critic(unknown)),
            Suspect("penalty_weight", "The penalty is so strong that the critic is stiff.",
                    critic(number("penalty_weight", above=100.0))),
        ),
    ),
    "unchanging": Observation(
        "Samples do not change.",
        Severity.HARM,
        (FROZEN, DOMINATES, SATURATING, SQUASHED, Suspect("samples_stall", "The game stands still.", unknown)),
    ),
    "worse": Observation(
        "Samples get worse.",
        Severity.HARM,
        (
            Suspect("quality_worsens", "The game broke after a good beginning.", unknown),
            COLLAPSE,
            FEW_DATA,
            SIGN,
            RATE,
            MOMENTUM,
            Suspect("resumed_without_optimizer", "The optimisers' state was lost on the way.",
                    flag("resumed_without_optimizer", bad=True)),
        ),
    ),
    "memorised": Observation(
        "Samples are copies of the data.",
        Severity.HARM,
        (
            Suspect("small_data", "There are too few data.", number("dataset_size", below=10_000.0)),
            FEW_DATA,
            Suspect("latents_fixed", "The same latents come again and again.", flag("latents_fixed", bad=True)),
        ),
    ),
    "cycling": Observation(
        "Samples go round and round.",
        Severity.RISK,
        (
            Suspect("hunting", "Nothing damps the chase of the two players.", unknown),
            MOMENTUM,
            COLLAPSE,
            RATE,
            Suspect("unshuffled_data", "The data come sorted.", flag("shuffled", bad=False)),
        ),
    ),
    "wrong_class": Observation(
        "Samples do not belong to the class that was asked for.",
        Severity.HARM,
        (
            LABEL_UNWIRED,
            LABELS_WRONG,
            Suspect("label_ignored", "The label is heard and not heeded.", asked_for_a_class(unknown)),
        ),
    ),
    "augmented": Observation(
        "Samples show the augmentations.",
        Severity.RISK,
        (
            Suspect("augmentation_leak", "There is so much augmentation that it looks right.",
                    number("augmentation_probability", above=0.8)),
            Suspect("one_sided_augmentation", "Not all samples are augmented alike.",
                    choice("augmentation", "reals_only", "both_without_gradient")),
        ),
    ),
    "wrong_colours": Observation(
        "Samples have wrong colours.",
        Severity.RISK,
        (
            RANGE,
            Suspect("real_cue", "Reals and fakes are processed differently.", flag("preprocessing_differs", bad=True)),
            Suspect("normalisation_placement", "Normalisation at the ends fixes the colours.",
                    flag("normalisation_at_generator_output", bad=True)),
            SHORT,
        ),
    ),
}  # fmt: skip

LOSSES: dict[str, Observation] = {
    "growing": Observation(
        "Losses or scores seem to grow without bound.",
        Severity.RISK,
        (
            Suspect("critic_runs_away", "Nothing stops the critic's scores.", critic(unknown)),
            UNWIRED,
            DEVICES,
            Suspect("clip_missing", "Nothing bounds the critic.", critic(choice("penalty", "none"))),
            RATE,
            MOMENTUM,
            SIGN,
            Suspect("gradient_leak", "The generator keeps its rival's gradients.", flag("fakes_detached", bad=False)),
        ),
    ),
    "discriminator_wins": Observation(
        "The discriminator seems sure of everything.",
        Severity.RISK,
        (
            DOMINATES,
            RANGE,
            Suspect("real_cue", "A trivial mark tells reals from fakes.", flag("real_cue", bad=True)),
            SIGN,
            FROZEN,
            SATURATING,
            FEW_DATA,
        ),
    ),
    "generator_wins": Observation(
        "The generator's loss seems to fall to nothing.",
        Severity.RISK,
        (
            Suspect("discriminator_fooled", "The discriminator calls every fake real.", unknown),
            Suspect("frozen_discriminator", "The discriminator does not learn.",
                    flag("discriminator_moves", bad=False)),
            Suspect("swapped_labels", "The players disagree on the targets.", flag("labels_swapped", bad=True)),
            SATURATING,
        ),
    ),
    "flat": Observation(
        "Losses seem not to move.",
        Severity.RISK,
        (
            SQUASHED,
            Suspect("no_game", "The discriminator never left chance.", unknown),
            Suspect("critic_dead", "The critic gives one score to all.", critic(unknown)),
            FROZEN,
            Suspect("at_equilibrium", "The players are even; then samples are good.", choice("samples", "good")),
        ),
    ),
    "discriminator_rises": Observation(
        "The discriminator's loss seems to rise.",
        Severity.NOTE,
        (Suspect("critic_loss_rises", "It rises as samples get better.", unknown),),
    ),
    "generator_rises": Observation(
        "The generator's loss seems to rise.",
        Severity.NOTE,
        (
            DOMINATES,
            Suspect("generator_loss_drifts", "A critic's scores have no zero of their own.", critic(unknown)),
            Suspect("generator_loss_rises", "The discriminator improves too.", unknown),
        ),
    ),
    "swinging": Observation(
        "Losses seem to swing.",
        Severity.NOTE,
        (Suspect("hunting", "Nothing damps the chase of the two players.", unknown), MOMENTUM, RATE, SMALL_BATCH),
    ),
}  # fmt: skip
