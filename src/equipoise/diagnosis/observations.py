"""What a person saw in the samples, and what is known to look like that.

The order within one observation is that of likelihood before any fact is known; a fact that speaks for a cause moves
it to the front, and one that speaks against it rules it out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.core.records import Severity
from equipoise.diagnosis.case import Case

Condition = Callable[[Case], bool | None]
"""Whether the facts speak for a cause, against it, or (None) say nothing."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cause that may be behind an observation."""

    name: str
    text: str
    supported: Condition


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that samples can look like."""

    symptom: str
    severity: Severity
    suspects: tuple[Suspect, ...]


def _unknown(case: Case) -> bool | None:
    del case
    return None


def _flag(name: str, *, bad: bool) -> Condition:
    def supported(case: Case) -> bool | None:
        value = case.facts.flag(name)
        return None if value is None else value is bad

    return supported


def _choice(name: str, *bad: str) -> Condition:
    def supported(case: Case) -> bool | None:
        value = case.facts.choice(name)
        return None if value is None else value in bad

    return supported


def _number(name: str, *, above: float | None = None, below: float | None = None) -> Condition:
    def supported(case: Case) -> bool | None:
        value = case.facts.number(name)
        if value is None:
            return None
        return (above is not None and value > above) or (below is not None and value < below)

    return supported


def _fast(case: Case) -> bool | None:
    rates = [case.facts.number(f"{player}_learning_rate") for player in ("generator", "discriminator")]
    known = [rate for rate in rates if rate is not None]
    return max(known) > 5e-4 if known else None


def _uncertain_range(case: Case) -> bool | None:
    high = case.facts.number("data_max")
    return None if high is None else high > 1.05


def _not_a_distance(case: Case) -> bool | None:
    """A sure critic of a Wasserstein game is what the method wants."""
    return False if case.wasserstein else None


def _critic(condition: Condition) -> Condition:
    def supported(case: Case) -> bool | None:
        if case.objective is not None and not case.wasserstein and not case.penalised:
            return False
        return condition(case)

    return supported


def _asked_for_a_class(condition: Condition) -> Condition:
    def supported(case: Case) -> bool | None:
        return False if case.facts.flag("conditional") is False else condition(case)

    return supported


DOMINATES = Suspect(
    "discriminator_dominates", "The discriminator is so sure that nothing is left to learn.", _not_a_distance
)
COLLAPSE = Suspect("mode_collapse", "The generator found few samples that pass and gives only those.", _unknown)
RANGE = Suspect("data_range", "The data's range is not the generator's.", _uncertain_range)
RATE = Suspect("learning_rate", "Steps so large that the players overshoot.", _fast)
SIGN = Suspect("generator_sign", "The generator's loss has the wrong sign.", _flag("generator_sign_wrong", bad=True))
FROZEN = Suspect("frozen_generator", "The generator's weights are never changed.", _flag("generator_moves", bad=False))
UNUSED = Suspect("latents_ignored", "The generator does not use its latents.", _flag("latents_used", bad=False))
MOMENTUM = Suspect("momentum", "Momentum drives the players in circles.", _number("generator_beta1", above=0.5))
NORMALISED = Suspect(
    "batch_norm_in_critic",
    "Batch normalisation in the critic spoils the penalty.",
    _critic(_choice("discriminator_normalisation", "batch")),
)
UNWIRED = Suspect(
    "penalty_not_wired",
    "The gradient penalty has no effect.",
    _critic(_flag("penalty_reaches_weights", bad=False)),
)
SQUASHED = Suspect(
    "squashed_critic",
    "The critic's score is squeezed into a range.",
    _critic(_choice("discriminator_output", "sigmoid", "tanh", "softmax", "relu")),
)
SHORT = Suspect("undertrained", "The run has only begun.", _unknown)
FEW_DATA = Suspect(
    "discriminator_memorises", "The discriminator learns the reals by heart.", _number("dataset_size", below=10_000.0)
)
SMALL_BATCH = Suspect("small_batch", "Batches too small to give a direction.", _number("batch_size", below=8.0))
CONSTANT = Suspect("constant_output", "It began with one output for all.", _flag("output_constant", bad=True))
KERNEL = Suspect(
    "kernel_not_divisible", "Transposed convolutions overlap unevenly.", _choice("upsampling", "transposed")
)
TEXTURE = Suspect("texture", "Detail is wrong at the finest scale.", _unknown)
LABEL_UNWIRED = Suspect(
    "label_not_wired",
    "The label does not reach a player.",
    _asked_for_a_class(_flag("label_reaches_generator", bad=False)),
)
LABELS_WRONG = Suspect(
    "labels_shuffled",
    "The data's labels are wrong.",
    _asked_for_a_class(_flag("labels_shuffled", bad=True)),
)
SATURATING = Suspect("saturating_loss", "The generator's loss is flat while it loses.", _choice("objective", "minimax"))

OBSERVATIONS: dict[str, Observation] = {
    "identical": Observation(
        "All samples look the same.",
        Severity.HARM,
        (COLLAPSE, UNUSED, DOMINATES, RANGE, MOMENTUM, RATE, CONSTANT, SMALL_BATCH),
    ),
    "few_modes": Observation(
        "Samples are of a few kinds only.",
        Severity.HARM,
        (
            COLLAPSE,
            Suspect("missing_modes", "Part of the data is never given.", _unknown),
            MOMENTUM,
            Suspect("latent_too_small", "The latents have too few numbers.", _number("latent_dim", below=4.0)),
            SMALL_BATCH,
            Suspect("duplicated_data", "The data repeat themselves.", _number("duplicate_share", above=0.02)),
        ),
    ),
    "noise": Observation(
        "Samples are noise.",
        Severity.HARM,
        (DOMINATES, NORMALISED, RATE, UNWIRED, SQUASHED, SHORT, SIGN, FROZEN, RANGE),
    ),
    "blank": Observation(
        "Samples are blank: one grey, black or white.",
        Severity.HARM,
        (RANGE, DOMINATES, COLLAPSE, RATE, CONSTANT, SIGN),
    ),
    "saturated": Observation(
        "Samples are saturated: values stick at the ends of their range.",
        Severity.HARM,
        (Suspect("saturated_pixels", "The generator's last activation is driven flat.", _unknown), RANGE, RATE, SIGN),
    ),
    "checkerboard": Observation("Samples show a grid.", Severity.RISK, (KERNEL, TEXTURE)),
    "grainy": Observation("Samples are grainy.", Severity.RISK, (SHORT, TEXTURE, RATE, NORMALISED, KERNEL)),
    "blurry": Observation(
        "Samples are blurred.",
        Severity.RISK,
        (
            SHORT,
            Suspect("discriminator_too_weak", "The discriminator does not ask for detail.", _unknown),
            Suspect("penalty_weight", "The penalty is so strong that the critic is stiff.",
                    _critic(_number("penalty_weight", above=100.0))),
            TEXTURE,
        ),
    ),
    "unchanging": Observation(
        "Samples do not change.",
        Severity.HARM,
        (FROZEN, DOMINATES, SATURATING, SQUASHED, Suspect("plateau", "The game stands still.", _unknown)),
    ),
    "worse": Observation(
        "Samples get worse.",
        Severity.HARM,
        (
            Suspect("late_collapse", "The game broke after a good beginning.", _unknown),
            FEW_DATA,
            SIGN,
            RATE,
            MOMENTUM,
            Suspect("resumed_without_optimizer", "The optimisers' state was lost on the way.",
                    _flag("resumed_without_optimizer", bad=True)),
        ),
    ),
    "memorised": Observation(
        "Samples are copies of the data.",
        Severity.HARM,
        (
            Suspect("small_data", "There are too few data.", _number("dataset_size", below=10_000.0)),
            FEW_DATA,
            Suspect("latents_fixed", "The same latents come again and again.", _flag("latents_fixed", bad=True)),
        ),
    ),
    "cycling": Observation(
        "Samples go round and round.",
        Severity.RISK,
        (
            Suspect("hunting", "Nothing damps the chase of the two players.", _unknown),
            MOMENTUM,
            COLLAPSE,
            RATE,
            Suspect("unshuffled_data", "The data come sorted.", _flag("shuffled", bad=False)),
        ),
    ),
    "wrong_class": Observation(
        "Samples do not belong to the class that was asked for.",
        Severity.HARM,
        (
            LABEL_UNWIRED,
            LABELS_WRONG,
            Suspect("label_ignored", "The label is heard and not heeded.", _asked_for_a_class(_unknown)),
        ),
    ),
    "augmented": Observation(
        "Samples show the augmentations.",
        Severity.RISK,
        (
            Suspect("augmentation_leak", "There is so much augmentation that it looks right.",
                    _number("augmentation_probability", above=0.8)),
            Suspect("one_sided_augmentation", "Not all samples are augmented alike.",
                    _choice("augmentation", "reals_only", "both_without_gradient")),
        ),
    ),
    "wrong_colours": Observation(
        "Samples have wrong colours.",
        Severity.RISK,
        (
            RANGE,
            Suspect("real_cue", "Reals and fakes are processed differently.", _flag("preprocessing_differs", bad=True)),
            Suspect("normalisation_placement", "Normalisation at the ends fixes the colours.",
                    _flag("normalisation_at_generator_output", bad=True)),
            SHORT,
        ),
    ),
}  # fmt: skip
