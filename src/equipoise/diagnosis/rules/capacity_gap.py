"""One player is far smaller than the other, by its weights or by its widest layer."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

LARGE, EXTREME = 20.0, 200.0
"""Times as many weights."""
NARROW, WIDER = 4.0, 8.0
"""Features of a player's widest hidden layer up to which it cannot play, and how many times wider its opponent is then.
In the zoo's calibration 47 of 48 players of 2 or 4 features spoilt their game; the narrowest healthy one there has 12
channels."""


def _examine(case: Case) -> Finding | None:
    return _narrow(case) or _few_weights(case)


def _narrow(case: Case) -> Finding | None:
    smaller, larger, ratio = _compared(case, "width")
    if ratio < WIDER or (width := case.facts.number(f"{smaller}_width") or 0.0) > NARROW:
        return None
    return _finding(
        case, smaller, "width", Severity.RISK, 0.6,
        f"The {smaller}'s widest hidden layer has {width:g} features, the {larger}'s {width * ratio:g}.",
        f"Whatever the {smaller} knows must pass through so few numbers, while its opponent has {ratio:.3g} times as "
        "many.",
    )  # fmt: skip


def _few_weights(case: Case) -> Finding | None:
    smaller, larger, ratio = _compared(case, "parameters")
    if ratio <= LARGE:
        return None
    severity = Severity.RISK if ratio >= EXTREME else Severity.NOTE
    return _finding(
        case, smaller, "parameters", severity, 0.4,
        f"The {larger} has {ratio:.3g} times as many weights as the {smaller}.",
        "Equal sizes are no law, and convolutions make counts hard to compare. At this distance the "
        f"{smaller} may not be able to follow.",
    )  # fmt: skip


def _compared(case: Case, what: str) -> tuple[str, str, float]:
    """The smaller and the larger player by that fact, and their ratio; a ratio of 0 where it is not known of both."""
    sizes = {player: case.facts.number(f"{player}_{what}") for player in ("generator", "discriminator")}
    counts = {player: count for player, count in sizes.items() if count}
    if len(counts) < 2:
        return "", "", 0.0
    smaller, larger = sorted(counts, key=lambda player: counts[player])
    return smaller, larger, counts[larger] / counts[smaller]


def _finding(
    case: Case, smaller: str, what: str, severity: Severity, confidence: float, symptom: str, explanation: str
) -> Finding:
    return Finding(
        name=RULE.name,
        severity=severity,
        symptom=symptom,
        confidence=confidence,
        evidence=known(case.facts, f"generator_{what}", f"discriminator_{what}"),
        explanation=explanation,
        remedies=(Remedy(text=f"widen the {smaller}", setting=f"--set {smaller}.width=64"),),
    )


RULE = Rule(name="capacity_gap", kind="mechanism", examine=_examine)
