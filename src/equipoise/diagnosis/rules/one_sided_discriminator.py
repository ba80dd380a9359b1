"""The discriminator gives reals and fakes the same answer: fake.

Its two halves then differ as they never do in a game that it wins or is about to lose: it is always right of fakes and
always wrong of reals. (Always `real` is `discriminator_fooled`.)
"""

from collections.abc import Callable

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import lasting, level_window, running_median
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.trend import Conditions, Values

ALWAYS_WRONG, ALWAYS_RIGHT = 0.05, 0.95
SURE_OF_FAKE = 0.1
"""-log(1 - D(G(z))): D gives fakes a probability below 0.1."""
DENIES_REALS = 2.0
"""-log D(x): D gives reals a probability below 0.14."""

CAUSES = (
    Cause(name="one_sided_discriminator", text="It says `fake` to everything, reals included."),
    Cause(name="swapped_labels", text="Reals are given the target of fakes."),
    Cause(name="eval_mode_training", text="Normalisation treats reals and fakes by statistics that are not theirs."),
    Cause(name="data_range", text="Reals saturate it: they were not scaled as samples are."),
)


def _examine(case: Case) -> Finding | None:
    seen = _sides(case, "accuracy/real", "accuracy/fake", _by_accuracy)
    if seen is None and case.logistic:
        seen = _sides(case, "loss/discriminator_real", "loss/discriminator_fake", _by_loss)
    if seen is None or sample_trend(case) == "better":
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.75,
        symptom="The discriminator calls everything fake, reals too.",
        since=seen[0].first,
        evidence=seen,
        explanation="It is never wrong of fakes and never right of reals, so it tells nothing apart, and samples that "
        "become real would be refused as well.",
        causes=CAUSES,
        remedies=(
            Remedy(text="check the targets of both halves of its loss", setting="ones for D(x), zeros for D(G(z))"),
            Remedy(text="give it reals and fakes of the same range and in the same mode (train())"),
            Remedy(text="train both halves in one step", setting="(loss_real + loss_fake).backward()"),
        ),
        measure_next=("its accuracy on one batch of reals, in training mode and in evaluation mode",),
    )


def _by_accuracy(real: Values, fake: Values) -> Conditions:
    return np.asarray((real < ALWAYS_WRONG) & (fake > ALWAYS_RIGHT))


def _by_loss(real: Values, fake: Values) -> Conditions:
    return np.asarray((real > DENIES_REALS) & (fake < SURE_OF_FAKE))


def _sides(
    case: Case, real_name: str, fake_name: str, one_sided: Callable[[Values, Values], Conditions]
) -> tuple[Evidence, ...] | None:
    real, fake = case.history[real_name], case.history[fake_name]
    if len(real) < 3 or len(real) != len(fake):
        return None
    window = level_window(real)
    begun = lasting(one_sided(running_median(real.values, window), running_median(fake.values, window)), window)
    if begun is None:
        return None
    since, last = int(real.at[begun]), int(real.at[-1])
    return tuple(
        Evidence(
            statement=f"{name} was {series.last:.3g}, since {since:,} {case.history.unit}",
            signal=name,
            value=series.last,
            first=since,
            last=last,
        )
        for name, series in ((real_name, real), (fake_name, fake))
    )


RULE = Rule(name="one_sided_discriminator", kind="mechanism", examine=_examine)
