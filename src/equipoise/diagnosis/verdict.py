"""The closing verdict of a run, in plain words, from the signals in its journal.

It compares a run with its own beginning and with its own data, and so needs no threshold.
"""

from collections.abc import Mapping, Sequence

from equipoise.core.records import Evidence, Finding, Remedy, Severity, Signal

Series = Mapping[str, Sequence[Signal]]

DISTANCE = "samples/sliced_wasserstein"
DISTANCE_OF_REALS = "samples/sliced_wasserstein_of_reals"
SPREAD = "samples/variance_ratio"
ESTIMATE = "wasserstein/estimate"


def verdict(series: Series) -> list[Finding]:
    """What the run achieved, what is worth knowing of its end, and how to read its losses."""
    findings = [_progress(series), _spread(series), _best_look(series), _estimate(series), _probabilities(series)]
    return [finding for finding in findings if finding is not None]


def _progress(series: Series) -> Finding | None:
    """How far the samples came from noise towards what two sets of real images differ by."""
    looks, reals = series.get(DISTANCE, ()), series.get(DISTANCE_OF_REALS, ())
    if len(looks) < 2 or not reals:
        return None
    first, last, floor = looks[0], looks[-1], reals[-1]
    evidence = _measured(first, last, floor)
    figures = f"{first.value:.3g} at the start, {last.value:.3g} now, {floor.value:.3g} between two sets of real data"
    if last.value >= first.value:
        return Finding(
            name="progress",
            severity=Severity.HARM,
            symptom="The samples are no closer to the data than those of the untrained generator.",
            evidence=evidence,
            explanation=f"Sliced Wasserstein distance: {figures}.",
            remedies=(
                Remedy(text="look at the pictures in samples/"),
                Remedy(text="train longer"),
                Remedy(text="try another recipe", setting="--recipe wgan-gp"),
            ),
        )
    share = (first.value - last.value) / max(first.value - floor.value, 1e-12)
    return Finding(
        name="progress",
        severity=Severity.NOTE,
        symptom=f"The samples came {min(share, 1.0):.0%} of the way from noise to the data.",
        evidence=evidence,
        explanation=f"Sliced Wasserstein distance: {figures}. It sees shape, brightness and variety, not detail.",
    )


def _spread(series: Series) -> Finding | None:
    looks = series.get(SPREAD, ())
    if not looks:
        return None
    return Finding(
        name="spread",
        severity=Severity.NOTE,
        symptom=f"They vary {looks[-1].value:.2f} times as much as real data do.",
        evidence=_measured(looks[-1]),
        explanation="Total variance, 1.00 is right; towards 0 the generator repeats itself.",
    )


def _best_look(series: Series) -> Finding | None:
    """Only where the best look beats the last one by more than the later half of the looks differ among themselves."""
    looks = series.get(DISTANCE, ())
    if len(looks) < 5:
        return None
    best, last = min(looks, key=lambda look: look.value), looks[-1]
    later_half = [look.value for look in looks[len(looks) // 2 :]]
    if last.value - best.value <= max(later_half) - min(later_half):
        return None
    return Finding(
        name="best_look_earlier",
        severity=Severity.NOTE,
        symptom=f"The best look was earlier, at {best.images:,} images.",
        evidence=_measured(best, last),
        explanation=f"Distance {best.value:.3g} then, {last.value:.3g} at the end.",
        remedies=(Remedy(text="use that checkpoint", setting="--checkpoint best"),),
    )


def _estimate(series: Series) -> Finding | None:
    readings = series.get(ESTIMATE, ())
    if len(readings) < 2:
        return None
    peak, last = max(readings, key=lambda reading: reading.value), readings[-1]
    if last.value >= peak.value:
        return None
    return Finding(
        name="estimate_falls",
        severity=Severity.REASSURANCE,
        symptom=f"The Wasserstein estimate rose to {peak.value:.3g} and fell to {last.value:.3g}.",
        evidence=_measured(peak, last),
        explanation="So the critic's loss rose: that is what progress looks like here. "
        "The generator's loss has no meaning of its own.",
    )


def _probabilities(series: Series) -> Finding | None:
    real, fake = series.get("probability/real", ()), series.get("probability/fake", ())
    if not real or not fake:
        return None
    return Finding(
        name="probabilities",
        severity=Severity.REASSURANCE,
        symptom=f"At the end D(x) is {real[-1].value:.2f} and D(G(z)) is {fake[-1].value:.2f}.",
        evidence=_measured(real[-1], fake[-1]),
        explanation="At equilibrium both are 0.5; on images the discriminator usually stays ahead, which harms nothing "
        "while the samples improve.",
    )


def _measured(*signals: Signal) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            statement=f"{signal.name} was {signal.value:.4g} at {signal.images:,} images",
            signal=signal.name,
            value=signal.value,
            first=signal.images,
            last=signal.images,
        )
        for signal in signals
    )
