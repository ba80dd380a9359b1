"""The discriminator is certain and the generator stands still.

A loss near 0 alone proves little: on images every discriminator is certain at first. It counts when it lasts, and
when the samples do not get better meanwhile. Thresholds are shares of the loss at chance; the 24 logs of
`benchmarks/doctor/logs.py` show what they cost: runs that ended near their best never fell below 0.05, and below 0.1
only in their last eighth.
"""

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.advice import far_smaller, slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import (
    CHANCE,
    Doubt,
    discriminator_loss,
    doubt,
    hopeless,
    lasting,
    level_window,
    running_median,
)
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.samples_fall_short import shortfalls
from equipoise.diagnosis.seen import FEWEST, Limit, stays_beyond

Reading = tuple[int, tuple[Evidence, ...]]
"""Since when, and what shows it."""

CERTAIN = 0.05
"""Share of the loss at chance below which the discriminator learns nothing more."""
CERTAIN_TOO_SOON = 0.1
"""The same while more than half of the run lies ahead."""
RELEASE = 0.2
"""Once begun, it goes on up to here."""
SURE_OF_REAL, SURE_OF_FAKE = 0.98, 0.02
ALWAYS_RIGHT = 0.995
EARLY = 0.02


def _examine(case: Case) -> Finding | None:
    seen = _by_loss(case) or _by_probability(case) or _by_accuracy(case)
    certain = seen is not None
    if seen is None:
        seen = _in_few_looks(case)
    if seen is None:
        return None
    since, evidence = seen
    trend = sample_trend(case)
    if trend == "better" and not shortfalls(case):  # better, and soon good
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM if certain else Severity.RISK,
        confidence=0.4 if not certain else 0.9 if trend is not None else 0.75,
        symptom="The discriminator tells real from generated without a doubt"
        + (", and has for a while." if certain else ", at the few readings that there are."),
        since=since,
        evidence=evidence,
        explanation="A loss at 0 has no slope: the discriminator learns nothing more, and what it passes to the "
        "generator no longer says in which direction real samples lie.",
        causes=_causes(case),
        ruled_out=_ruled_out(case),
        remedies=_remedies(case),
        measure_next=() if trend is not None else ("look at samples of the same latents, then and now",),
    )


def _in_few_looks(case: Case) -> Reading | None:
    """One or two readings cannot show that it lasts, but that it was so."""
    loss, chance = discriminator_loss(case), CHANCE.get(case.objective or "")
    if chance is None or not 0 < len(loss) < FEWEST or float(loss.values.max()) >= CERTAIN * chance / 2:
        return None
    since, last = int(loss.at[0]), int(loss.at[-1])
    statement = f"its loss was {loss.last:.3g} at {last:,} {case.history.unit}, where chance is {chance:.3g}"
    limit = CERTAIN * chance / 2
    return since, (
        Evidence(
            statement=statement, signal="loss/discriminator", value=loss.last, threshold=limit, first=since, last=last
        ),
    )


def _by_loss(case: Case) -> Reading | None:
    reading = doubt(case)
    if reading is None or (case.share_of_run(int(reading.loss.at[-1])) < EARLY and not hopeless(reading)):
        return None
    limit, begun = CERTAIN_TOO_SOON, _below(reading, CERTAIN_TOO_SOON)
    if begun is None or not _most_lies_ahead(case, reading, begun):
        limit, begun = CERTAIN, _below(reading, CERTAIN)
    if begun is None:
        return None
    since, last = int(reading.loss.at[begun]), int(reading.loss.at[-1])
    level, threshold = float(reading.level[-1] * reading.chance), limit * reading.chance
    statement = (
        f"its loss was {level:.3g} (median of the last {reading.window} readings), where chance is "
        f"{reading.chance:.3g}; "
        f"below {threshold:.3g} since {since:,} {case.history.unit}"
    )
    return since, (
        Evidence(
            statement=statement, signal="loss/discriminator", value=level, threshold=threshold, first=since, last=last
        ),
    )


def _below(reading: Doubt, limit: float) -> int | None:
    return lasting(reading.level < limit, reading.window, stays=reading.level < RELEASE)


def _most_lies_ahead(case: Case, reading: Doubt, look: int) -> bool:
    return case.history.planned is not None and case.share_of_run(int(reading.loss.at[look])) < 0.5


def _by_probability(case: Case) -> Reading | None:
    real, fake = case.history["probability/real"], case.history["probability/fake"]
    if len(real) < 3 or len(real) != len(fake):
        return None
    window = level_window(real)
    sure = (running_median(real.values, window) > SURE_OF_REAL) & (running_median(fake.values, window) < SURE_OF_FAKE)
    begun = lasting(sure, window)
    if begun is None or case.share_of_run(int(real.at[-1])) < EARLY:
        return None
    since, last = int(real.at[begun]), int(real.at[-1])
    return since, tuple(
        Evidence(
            statement=f"{label} was {series.last:.3f}, {side} since {since:,} {case.history.unit}",
            signal=name,
            value=series.last,
            threshold=limit,
            first=since,
            last=last,
        )
        for label, name, series, side, limit in (
            ("D(x)", "probability/real", real, f"above {SURE_OF_REAL}", SURE_OF_REAL),
            ("D(G(z))", "probability/fake", fake, f"below {SURE_OF_FAKE}", SURE_OF_FAKE),
        )
    )


def _by_accuracy(case: Case) -> Reading | None:
    limit = Limit("accuracy/discriminator", ALWAYS_RIGHT, above=True, label="its accuracy", share=EARLY)
    seen = stays_beyond(case, limit)
    return None if seen is None else (seen.since, (seen.evidence,))


def _causes(case: Case) -> tuple[Cause, ...]:
    causes = [Cause(name=RULE.name, text="The discriminator learns too fast or is too strong for this generator.")]
    if case.objective == "minimax":
        causes.append(
            Cause(name="saturating_loss", text="log(1 - D(G(z))) has no slope where the discriminator is sure.")
        )
    if far_smaller(case, "generator"):
        causes.insert(0, Cause(name="capacity_gap", text="The generator has far fewer weights than its opponent."))
    if case.facts.number("generator_parameters") is None:
        causes.append(Cause(name="capacity_gap", text="The generator may be far too small beside it."))
    causes.append(
        Cause(name="real_cue", text="Reals carry a mark that fakes cannot have (padding, exact zeros, range).")
    )
    return tuple(causes)


def _ruled_out(case: Case) -> tuple[str, ...]:
    out = []
    if case.objective == "non_saturating":
        out.append("a saturating generator loss: -log D(G(z)) keeps its slope")
    if case.facts.flag("spectral_norm"):
        out.append("an unbounded slope: the layers are spectrally normalised")
    return tuple(out)


def _remedies(case: Case) -> tuple[Remedy, ...]:
    remedies = []
    if case.facts.choice("penalty") in (None, "none"):
        remedies.append(Remedy(text="penalise the discriminator's slope on reals", setting="constraints.r1.weight=1"))
    if not case.facts.flag("spectral_norm"):
        remedies.append(Remedy(text="or normalise its layers spectrally", setting="discriminator.spectral_norm=true"))
    remedies.append(slower(case, "discriminator"))
    if case.logistic:
        remedies.append(Remedy(text="smooth the target of reals, one-sided", setting="objective.real_target=0.9"))
    remedies.append(Remedy(text="go back to the checkpoint before it began; from here it rarely recovers"))
    return tuple(remedies)


RULE = Rule(name="discriminator_dominates", kind="mechanism", examine=_examine)
