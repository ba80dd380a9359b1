"""One player has far more weights than the other."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

LARGE, EXTREME = 20.0, 200.0


def _examine(case: Case) -> Finding | None:
    sizes = {player: case.facts.number(f"{player}_parameters") for player in ("generator", "discriminator")}
    counts = {player: count for player, count in sizes.items() if count}
    if len(counts) < 2:
        return None
    smaller, larger = sorted(counts, key=lambda player: counts[player])
    ratio = counts[larger] / counts[smaller]
    if ratio <= LARGE:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if ratio >= EXTREME else Severity.NOTE,
        symptom=f"The {larger} has {ratio:.3g} times as many weights as the {smaller}.",
        confidence=0.4,
        evidence=known(case.facts, "generator_parameters", "discriminator_parameters"),
        explanation="Equal sizes are no law, and convolutions make counts hard to compare. At this distance the "
        f"{smaller} may not be able to follow.",
        remedies=(Remedy(text=f"widen the {smaller}", setting=f"--set {smaller}.width=64"),),
    )


RULE = Rule(name="capacity_gap", kind="mechanism", examine=_examine)
