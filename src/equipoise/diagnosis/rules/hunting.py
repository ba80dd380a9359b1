"""The players chase each other around the equilibrium."""

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule

LOOKS = 20
SWINGS = (0.2, 0.8)
"""Share of looks at which the discriminator ranks fakes first; outside these bounds one player simply leads."""
WIDE = 0.1
"""Spread of the ranking, three times its sampling error at 192 + 192 samples."""


def _examine(case: Case) -> Finding | None:
    series = case.settled("separation/held_out_ranking", looks=5, share=0.2)
    if len(series) < LOOKS or sample_trend(case) == "better":
        return None
    recent = series.values[-LOOKS:]
    behind, spread = float((recent < 0.5).mean()), float(recent.std())
    if not SWINGS[0] < behind < SWINGS[1] or spread < WIDE:
        return None
    since, last = int(series.at[-LOOKS]), int(series.at[-1])
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.7,
        symptom="The lead changes hands again and again.",
        since=since,
        evidence=(
            Evidence(
                statement=f"the ranking of reals swung between {recent.min():.2f} and {recent.max():.2f}, below "
                f"one half in "
                f"{behind:.0%} of {LOOKS} looks",
                signal="separation/held_out_ranking",
                value=spread,
                threshold=WIDE,
                first=since,
                last=last,
            ),
        ),
        explanation="Simultaneous descent circles an equilibrium unless something damps it.",
        causes=_causes(case),
        remedies=(
            Remedy(text="damp the discriminator", setting="constraints.r1.weight=1"),
            slower(case, "discriminator"),
            slower(case, "generator"),
            Remedy(text="use no momentum", setting="generator.betas=[0,0.99] discriminator.betas=[0,0.99]"),
        ),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    undamped = Cause(
        name=RULE.name, text="Nothing damps the game: no zero-centred penalty, or steps that are too large."
    )
    beta = max(case.facts.number("generator_beta1") or 0.0, case.facts.number("discriminator_beta1") or 0.0)
    return (Cause(name="momentum", text="Momentum feeds the cycle."), undamped) if beta > 0.5 else (undamped,)


RULE = Rule(name="hunting", kind="mechanism", examine=_examine)
