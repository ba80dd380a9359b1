"""The closing verdict of a run, in plain words, from the signals in its journal.

It compares a run with its own beginning and with its own data, and so needs no threshold.
"""

from equipoise.core.history import History, Series
from equipoise.core.records import Evidence, Finding, Remedy, Severity

DISTANCE = "samples/sliced_wasserstein"
DISTANCE_OF_REALS = "samples/sliced_wasserstein_of_reals"
SPREAD = "averaged/variance_ratio"
ESTIMATE = "wasserstein/estimate"


def verdict(history: History) -> list[Finding]:
    """What the run achieved, what is worth knowing of its end, and how to read its losses."""
    findings = [_progress(history), _spread(history), _best_look(history), _estimate(history), _probabilities(history)]
    return [finding for finding in findings if finding is not None]


def _progress(history: History) -> Finding | None:
    """How far the samples came from noise towards what two sets of real images differ by."""
    looks, reals = history[DISTANCE], history[DISTANCE_OF_REALS]
    if len(looks) < 2 or len(reals) == 0:
        return None
    first, last, floor = float(looks.values[0]), looks.last, reals.last
    evidence = (*_measured(DISTANCE, looks, 0, -1), *_measured(DISTANCE_OF_REALS, reals, -1))
    figures = f"{first:.3g} at the start, {last:.3g} now, {floor:.3g} between two sets of real data"
    if last >= first:
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
    share = (first - last) / max(first - floor, 1e-12)
    return Finding(
        name="progress",
        severity=Severity.NOTE,
        symptom=f"The samples came {min(share, 1.0):.0%} of the way from noise to the data.",
        evidence=evidence,
        explanation=f"Sliced Wasserstein distance: {figures}. It sees shape, brightness and variety, not detail.",
    )


def _spread(history: History) -> Finding | None:
    looks = history[SPREAD]
    if len(looks) == 0:
        return None
    return Finding(
        name="spread",
        severity=Severity.NOTE,
        symptom=f"They vary {looks.last:.2f} times as much as real data do.",
        evidence=_measured(SPREAD, looks, -1),
        explanation="Total variance, 1.00 is right; towards 0 the generator repeats itself.",
    )


def _best_look(history: History) -> Finding | None:
    """Only where the best look beats the last one by more than the later half of the looks differ among themselves."""
    looks = history[DISTANCE]
    if len(looks) < 5:
        return None
    best, later_half = int(looks.values.argmin()), looks.values[len(looks) // 2 :]
    if looks.last - looks.values[best] <= later_half.max() - later_half.min():
        return None
    return Finding(
        name="best_look_earlier",
        severity=Severity.NOTE,
        symptom=f"The best look was earlier, at {int(looks.at[best]):,} images.",
        evidence=_measured(DISTANCE, looks, best, -1),
        explanation=f"Distance {looks.values[best]:.3g} then, {looks.last:.3g} at the end.",
        remedies=(Remedy(text="use that checkpoint", setting="--checkpoint best"),),
    )


def _estimate(history: History) -> Finding | None:
    readings = history[ESTIMATE]
    if len(readings) < 2:
        return None
    peak = int(readings.values.argmax())
    if readings.last >= readings.values[peak]:
        return None
    return Finding(
        name="estimate_falls",
        severity=Severity.REASSURANCE,
        symptom=f"The Wasserstein estimate rose to {readings.values[peak]:.3g} and fell to {readings.last:.3g}.",
        evidence=_measured(ESTIMATE, readings, peak, -1),
        explanation="So the critic's loss rose: that is what progress looks like here. "
        "The generator's loss has no meaning of its own.",
    )


def _probabilities(history: History) -> Finding | None:
    real, fake = history["probability/real"], history["probability/fake"]
    if len(real) == 0 or len(fake) == 0:
        return None
    return Finding(
        name="probabilities",
        severity=Severity.REASSURANCE,
        symptom=f"At the end D(x) is {real.last:.2f} and D(G(z)) is {fake.last:.2f}.",
        evidence=(*_measured("probability/real", real, -1), *_measured("probability/fake", fake, -1)),
        explanation="At equilibrium both are 0.5; on images the discriminator usually stays ahead, which harms nothing "
        "while the samples improve.",
    )


def _measured(name: str, series: Series, *looks: int) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            statement=f"{name} was {value:.4g} at {at:,} images",
            signal=name,
            value=value,
            first=at,
            last=at,
        )
        for value, at in ((float(series.values[look]), int(series.at[look])) for look in looks)
    )
