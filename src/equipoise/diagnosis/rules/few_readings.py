"""What a handful of readings shows to anybody who looks at them, though it is too little for a course.

People paste the five lines that worry them. Levels that no sound game has are told as a risk; whether they last is not
known, so the failure itself comes before what may be behind it. In a run that is watched nothing is said: there the
first readings are a beginning, and more will come.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import CHANCE, discriminator_loss
from equipoise.diagnosis.rule import Rule

FEWEST, MOST = 2, 12
"""Readings. From there on the rules of each failure see for themselves."""
HUGE = 1e3
"""A critic's loss or score of this size has no bound on its slope that holds."""
STEEP = 100.0
"""A gradient penalty of this size, multiplied or not."""
BEYOND_REASON = 1e6
"""Any loss or score of this size."""
AT_CHANCE = 0.005
"""Departure from the loss of guessing, as a share of it."""
SURE = 0.05
"""A loss with which a discriminator, or a generator, has nothing left to learn."""
LOSING = 3.0
"""A discriminator's loss that is far worse than that of guessing."""
APART = 8.0
"""Logits of reals less those of fakes: 1 in 3,000 is mistaken."""
PROBABLE = 0.98

Values = NDArray[np.float64]
_SCORES = ("logits/real", "logits/fake")
_SIZES = ("loss/discriminator", "loss/discriminator_total", "loss/generator", "wasserstein/estimate", *_SCORES)
_TEXTS = {
    "critic_runs_away": "Nothing stops the critic's scores.",
    "penalty_not_wired": "The gradient penalty never reaches the weights.",
    "lipschitz_violated": "The bound on the critic's slope does not hold.",
    "logit_blowup": "The discriminator's logits have no bound.",
    "learning_rate": "A learning rate is too large.",
    "no_game": "The discriminator has learned nothing.",
    "critic_dead": "It gives one score to all.",
    "frozen_discriminator": "Its weights do not move.",
    "discriminator_dominates": "The discriminator wins.",
    "capacity_gap": "The generator is far smaller.",
    "real_cue": "A trivial mark tells reals from fakes.",
    "discriminator_fooled": "The discriminator takes every fake for real.",
    "swapped_labels": "The players disagree on the targets.",
}


def _examine(case: Case) -> Finding | None:
    found = next(_shown(case), None) if case.facts.flag("excerpt") else None
    if found is None:
        return None
    names, evidence = found
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.6,
        symptom=f"The few readings there are look like `{names[0]}`; whether it lasts they cannot show.",
        since=evidence.first,
        evidence=(evidence,),
        explanation="No sound game has such figures but for a moment.",
        causes=tuple(Cause(name=name, text=_TEXTS[name]) for name in names),
        remedies=(Remedy(text="follow the page of the first cause, one change at a time"),),
        measure_next=("the whole log: what came before, and what after",),
    )


def _shown(case: Case) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    """What stands out, the gravest first: names of failures, and the figure."""
    series = {name: values for name in case.history.series if len(values := case.history[name].values) >= FEWEST}
    if not series or len(discriminator_loss(case)) >= MOST:
        return
    yield from _grows(case, series)
    if not case.wasserstein:
        yield from _at_chance(case)
        yield from _wins(case, series)
        yield from _loses(case, series)


def _grows(case: Case, series: Mapping[str, Values]) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    critic = ("critic_runs_away", "penalty_not_wired", "lipschitz_violated")
    names = critic if case.wasserstein else ("logit_blowup", "learning_rate", "discriminator_dominates")
    limit = HUGE if case.wasserstein else BEYOND_REASON
    for name, bound in (*((name, limit) for name in _SIZES), ("penalty/gradient_penalty", STEEP)):
        if name in series and _size(series[name]) >= bound:
            yield names, _evidence(case, name, _size(series[name]), bound, "is of size")


def _size(values: Values) -> float:
    """That of the later half."""
    return float(np.median(np.abs(values[len(values) // 2 :])))


def _at_chance(case: Case) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    loss, chance = discriminator_loss(case).values, CHANCE.get(case.objective or "")
    if chance is None or len(loss) < FEWEST or not case.logistic:
        return
    for level in (chance, chance / 2):
        if np.all(np.abs(loss / level - 1.0) < AT_CHANCE):
            names = ("no_game", "critic_dead", "frozen_discriminator", "learning_rate")
            yield names, _evidence(case, _loss_name(case), float(loss[-1]), level, "is all the time that of guessing,")


def _wins(case: Case, series: Mapping[str, Values]) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    loss, names = discriminator_loss(case).values, ("discriminator_dominates", "capacity_gap", "real_cue")
    if len(loss) >= FEWEST and np.all(loss >= 0.0) and np.all(loss[len(loss) // 2 :] < SURE):
        yield names, _evidence(case, _loss_name(case), float(loss[-1]), SURE, "is")
    real, fake = (series.get(name, np.empty(0)) for name in _SCORES)
    if len(real) == len(fake) >= FEWEST and np.all((real - fake)[len(real) // 2 :] > APART):
        yield (
            (names[0], "logit_blowup"),
            _evidence(case, "logits/real", float((real - fake)[-1]), APART, "less fakes' is"),
        )
    real, fake = (series.get(f"probability/{kind}", np.empty(0)) for kind in ("real", "fake"))
    if len(real) == len(fake) >= FEWEST and np.all(real > PROBABLE) and np.all(fake < 1.0 - PROBABLE):
        yield names, _evidence(case, "probability/fake", float(fake[-1]), 1.0 - PROBABLE, "is")


def _loses(case: Case, series: Mapping[str, Values]) -> Iterator[tuple[tuple[str, ...], Evidence]]:
    names = ("discriminator_fooled", "frozen_discriminator", "swapped_labels")
    fake, loss = series.get("probability/fake", np.empty(0)), discriminator_loss(case).values
    if len(fake) >= FEWEST and np.all(fake > PROBABLE):
        yield names, _evidence(case, "probability/fake", float(fake[-1]), PROBABLE, "is")
    generator = series.get("loss/generator", np.empty(0))
    if len(generator) == len(loss) >= FEWEST and np.all(np.abs(generator) < SURE) and np.all(loss > LOSING):
        yield names, _evidence(case, "loss/generator", float(generator[-1]), SURE, "is")


def _loss_name(case: Case) -> str:
    return "loss/discriminator" if "loss/discriminator" in case.history else "loss/discriminator_total"


def _evidence(case: Case, signal: str, value: float, threshold: float, verb: str) -> Evidence:
    series = case.history[signal]
    first, last = int(series.at[0]), int(series.at[-1])
    statement = (
        f"{signal} {verb} {value:.4g} in the {len(series)} readings from {first:,} to {last:,} {case.history.unit}"
    )
    return Evidence(statement=statement, signal=signal, value=value, threshold=threshold, first=first, last=last)


RULE = Rule(name="few_readings", kind="mechanism", examine=_examine)
