"""The generator cannot give what the data contain."""

from equipoise.core.facts import Facts
from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, stays_beyond
from equipoise.diagnosis.wording import known

_RANGES: dict[str | None, tuple[float | None, float | None]] = {
    "tanh": (-1.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "relu": (0.0, None),
}
_FACTS = ("data_min", "data_max", "generator_min", "generator_max", "generator_output", "data_normalised")
RAW = 20.0
"""Data that reach further were never scaled."""
OUTSIDE = 0.05
"""Share of generated values; of healthy runs of the zoo none has any."""


def _examine(case: Case) -> Finding | None:
    low, high = case.facts.number("data_min"), case.facts.number("data_max")
    severity, symptom = None, ""
    if low is not None and high is not None and high > low:
        severity, symptom = _judged(low, high, *_reach(case.facts))
    if severity is None and case.facts.flag("data_normalised") is False:
        severity, symptom = Severity.RISK, "The data were not scaled to what the generator gives."
    if severity is None:
        return None
    seen = _painted_outside(case) if severity is Severity.NOTE else None
    return Finding(
        name=RULE.name,
        severity=severity if seen is None else Severity.RISK,
        symptom=symptom,
        evidence=(*known(case.facts, *_FACTS), *(() if seen is None else (seen.evidence,))),
        explanation="Values out of the generator's reach tell reals from fakes at once, so the discriminator wins by "
        "brightness alone and samples stay blank or saturated. Data within its reach but off its middle do little "
        "harm.",
        remedies=(
            Remedy(text="scale images to what tanh gives", setting="x = x / 127.5 - 1.0  # from 0..255"),
            Remedy(text="the same in torchvision", setting="Normalize((0.5,) * channels, (0.5,) * channels)"),
            Remedy(text="or end the generator in what fits the data", setting="nn.Sigmoid()  # for data in 0..1"),
        ),
    )


def _painted_outside(case: Case) -> Seen | None:
    """The generator uses the part of its range in which no real value lies."""
    label = "share of values where no real one is"
    return stays_beyond(case, Limit("samples/out_of_range", OUTSIDE, above=True, label=label, looks=10))


def _reach(facts: Facts) -> tuple[float | None, float | None]:
    low, high = _RANGES.get(facts.choice("generator_output"), (None, None))
    told_low, told_high = facts.number("generator_min"), facts.number("generator_max")
    return (low if told_low is None else told_low), (high if told_high is None else told_high)


def _judged(low: float, high: float, least: float | None, most: float | None) -> tuple[Severity | None, str]:
    """How bad it is, and what to call it."""
    data = f"Real values go from {low:g} to {high:g}"
    below = 0.0 if least is None else max(least - low, 0.0)
    above = 0.0 if most is None else max(high - most, 0.0)
    beyond = (below + above) / (high - low)
    if beyond > 0.02:
        return (Severity.WIRING if beyond > 0.1 else Severity.RISK), f"{data}, further than the generator can reach."
    if high > RAW and most is None:
        return Severity.RISK, f"{data}: they were never scaled."
    if least is not None and most is not None and (most - least) >= 1.9 * (high - low):
        return Severity.NOTE, f"{data}, only part of the generator's range of {least:g} to {most:g}."
    return None, ""


RULE = Rule(name="data_range", kind="mechanism", examine=_examine)
