"""Causes that may be behind what a person saw, and what in the facts speaks for or against each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.core.history import Series
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss

FEW = {"epochs": 5, "steps": 2_000, "images": 100_000}
"""What a run is short of, in its log's own unit."""

Condition = Callable[[Case], bool | None]
"""Whether the facts speak for a cause, against it, or (None) say nothing."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cause that may be behind an observation."""

    name: str
    text: str
    supported: Condition


def unknown(case: Case) -> bool | None:
    """Nothing that is known of a set-up speaks for it or against it."""
    del case
    return None


def flag(name: str, *, bad: bool) -> Condition:
    """The flag has its bad value."""

    def supported(case: Case) -> bool | None:
        value = case.facts.flag(name)
        return None if value is None else value is bad

    return supported


def choice(name: str, *bad: str) -> Condition:
    """The choice is one of the bad ones."""

    def supported(case: Case) -> bool | None:
        value = case.facts.choice(name)
        return None if value is None else value in bad

    return supported


def number(name: str, *, above: float | None = None, below: float | None = None) -> Condition:
    """The number is beyond a limit."""

    def supported(case: Case) -> bool | None:
        value = case.facts.number(name)
        if value is None:
            return None
        return (above is not None and value > above) or (below is not None and value < below)

    return supported


def fast(case: Case) -> bool | None:
    """A learning rate above what most GANs are trained with."""
    rates = [case.facts.number(f"{player}_learning_rate") for player in ("generator", "discriminator")]
    known = [rate for rate in rates if rate is not None]
    return max(known) > 5e-4 if known else None


def turning(case: Case) -> bool | None:
    """Momentum, where no penalty damps the game."""
    betas = [case.facts.number(f"{player}_beta1") for player in ("generator", "discriminator")]
    known = [beta for beta in betas if beta is not None]
    return max(known) > 0.5 and not case.penalised if known else None


def out_of_reach(case: Case) -> bool | None:
    """Real values beyond 1, or none below 0 where the generator's reach it."""
    low, high = case.facts.number("data_min"), case.facts.number("data_max")
    if high is None:
        return None
    return high > 1.05 or (low is not None and low >= 0.0 and case.facts.choice("generator_output") == "tanh")


def hardly_begun(case: Case) -> bool | None:
    """The log ends within the first few epochs."""
    return True if 0 < case.history.end < FEW.get(case.history.unit, 0) else None


def pulls_ahead(case: Case) -> bool | None:
    """The discriminator's loss fell to half and the generator's rose by half, from the first third to the last."""
    if case.wasserstein:
        return False
    falls, rises = _last_to_first(discriminator_loss(case)), _last_to_first(case.history["loss/generator"])
    return True if falls is not None and rises is not None and falls < 0.5 and rises > 1.5 else None


def _last_to_first(series: Series) -> float | None:
    values = series.values
    third = len(values) // 3
    if not third or float(np.median(values[:third])) <= 0.0:
        return None
    return float(np.median(values[-third:]) / np.median(values[:third]))


def critic(condition: Condition) -> Condition:
    """Only where there is a critic, or a penalty."""

    def supported(case: Case) -> bool | None:
        if case.objective is not None and not case.wasserstein and not case.penalised:
            return False
        return condition(case)

    return supported


def asked_for_a_class(condition: Condition) -> Condition:
    """Only where there are labels."""

    def supported(case: Case) -> bool | None:
        return False if case.facts.flag("conditional") is False else condition(case)

    return supported


DOMINATES = Suspect(
    "discriminator_dominates", "The discriminator is so sure that nothing is left to learn.", pulls_ahead
)
COLLAPSE = Suspect("mode_collapse", "The generator found few samples that pass and gives only those.", unknown)
RANGE = Suspect("data_range", "The data's range is not the generator's.", out_of_reach)
RATE = Suspect("learning_rate", "Steps so large that the players overshoot.", fast)
SIGN = Suspect("generator_sign", "The generator's loss has the wrong sign.", flag("generator_sign_wrong", bad=True))
FROZEN = Suspect("frozen_generator", "The generator's weights are never changed.", flag("generator_moves", bad=False))
UNUSED = Suspect("latents_ignored", "The generator does not use its latents.", flag("latents_used", bad=False))
MOMENTUM = Suspect("momentum", "Momentum drives the players in circles.", turning)
NORMALISED = Suspect(
    "batch_norm_in_critic",
    "Batch normalisation in the critic spoils the penalty.",
    critic(choice("discriminator_normalisation", "batch")),
)
UNWIRED = Suspect(
    "penalty_not_wired",
    "The gradient penalty has no effect.",
    critic(flag("penalty_reaches_weights", bad=False)),
)
SQUASHED = Suspect(
    "squashed_critic",
    "The critic's score is squeezed into a range.",
    critic(choice("discriminator_output", "sigmoid", "tanh", "softmax", "relu")),
)
DEVICES = Suspect(
    "distributed_penalty", "Each device penalises its own gradient.", critic(number("processes", above=1.0))
)
ONE_STEP = Suspect("critic_steps", "The critic gets too few steps.", critic(number("d_steps", below=1.5)))
SHORT = Suspect("undertrained", "The run has only begun.", hardly_begun)
FEW_DATA = Suspect(
    "discriminator_memorises", "The discriminator learns the reals by heart.", number("dataset_size", below=10_000.0)
)
SMALL_BATCH = Suspect("small_batch", "Batches too small to give a direction.", number("batch_size", below=8.0))
CONSTANT = Suspect("constant_output", "It began with one output for all.", flag("output_constant", bad=True))
KERNEL = Suspect(
    "kernel_not_divisible", "Transposed convolutions overlap unevenly.", choice("upsampling", "transposed")
)
GRID = Suspect("checkerboard", "Upsampling paints a grid that the discriminator does not mind.", unknown)
LABEL_UNWIRED = Suspect(
    "label_not_wired",
    "The label does not reach a player.",
    asked_for_a_class(flag("label_reaches_generator", bad=False)),
)
LABELS_WRONG = Suspect(
    "labels_shuffled",
    "The data's labels are wrong.",
    asked_for_a_class(flag("labels_shuffled", bad=True)),
)
SATURATING = Suspect("saturating_loss", "The generator's loss is flat while it loses.", choice("objective", "minimax"))
