"""Critic scores grow without bound.

The Wasserstein estimate shoots up at first and then falls; a drifting generator loss means nothing. What is no drift is
a *difference* of scores that keeps growing to a size no unit slope can give.
"""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, level_window, running_median
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.rule import Rule

HUGE = 1e3
GROWTH = 10.0
FEWEST_LOOKS = 4
MANY_LOOKS = 6


def _examine(case: Case) -> Finding | None:
    name = "wasserstein/estimate" if "wasserstein/estimate" in case.history else "loss/discriminator"
    series = case.history[name] if name == "wasserstein/estimate" else discriminator_loss(case)
    if not case.wasserstein or len(series) < FEWEST_LOOKS or sample_trend(case) == "better":
        return None
    size = running_median(np.abs(series.values), level_window(series))
    early = float(np.median(size[: max(1, min(3, len(size) // 3), len(size) // 5)]))
    now = float(size[-1])
    if now < HUGE or now < GROWTH * early or now < 0.5 * float(size.max()):
        return None
    since = int(series.at[int(np.argmax(size > HUGE))])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85 if len(series) >= MANY_LOOKS else 0.6,
        symptom="The critic's scores grow without bound.",
        since=since,
        evidence=(
            Evidence(
                statement=f"the difference of its scores grew from {early:.3g} to {now:.3g} and is still growing",
                signal=name,
                value=now,
                threshold=HUGE,
                first=since,
                last=int(series.at[-1]),
            ),
        ),
        explanation="Nothing holds the critic's slope, so it wins by scaling its scores up.",
        causes=_causes(case),
        remedies=(
            Remedy(text="check that the penalty is in the loss and reaches the weights (`equipoise check`)"),
            Remedy(text="use a gradient penalty of weight 10", setting="constraints.gradient_penalty.weight=10"),
            Remedy(text="with clipping: clip after every step of the critic", setting="discriminator.weight_clip=0.01"),
        ),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    unwired = Cause(name="penalty_not_wired", text="The gradient penalty never reaches the weights.")
    weak = Cause(name="lipschitz_violated", text="The penalty's weight is too small.")
    missing = Cause(name="clip_missing", text="There is neither clipping nor a penalty.")
    sign = Cause(name="discriminator_sign", text="A loss has the wrong sign.")
    if case.facts.choice("penalty") == "none":
        return (missing, sign)
    if case.facts.choice("discriminator_normalisation") == "batch":
        return (Cause(name="batch_norm_in_critic", text="Batch normalisation under a gradient penalty."), unwired, weak)
    return (unwired, weak, missing, sign)


RULE = Rule(name="critic_runs_away", kind="mechanism", examine=_examine)
