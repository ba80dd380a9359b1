"""The discriminator's loss rests on the floor that a sigmoid before BCEWithLogits leaves.

Scores squashed into [0, 1] and taken for logits give a loss of softplus(-1) + softplus(0) = 0.3133 + 0.6931 = 1.0064 at
best (0.5032 as a mean), and a generator's loss of softplus(0) = 0.6931 against a winning discriminator.
"""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, lasting, level_window, running_median
from equipoise.diagnosis.rule import Rule

FLOOR = float(np.logaddexp(0.0, -1.0) + np.log(2.0))
GENERATOR = float(np.log(2.0))
NEAR = 0.02


def _examine(case: Case) -> Finding | None:
    loss, generator = discriminator_loss(case), case.history["loss/generator"]
    if not case.logistic or len(loss) < 5 or len(loss) != len(generator):
        return None
    window = level_window(loss)
    level, other = running_median(loss.values, window), running_median(generator.values, window)
    at_floor = (np.abs(level / FLOOR - 1.0) < NEAR) | (np.abs(2 * level / FLOOR - 1.0) < NEAR)
    begun = lasting(np.asarray(at_floor & (np.abs(other / GENERATOR - 1.0) < NEAR)), window)
    if begun is None or bool((loss.values < 0.97 * level[-1]).any()):
        return None
    since, last = int(loss.at[begun]), int(loss.at[-1])
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85,
        symptom="The discriminator's loss rests on 1.006, the least that a doubly squashed score can reach.",
        since=since,
        evidence=(
            Evidence(
                statement=f"its loss was {level[-1]:.4g} and the generator's {other[-1]:.4g}; softplus(-1) + "
                f"softplus(0) is "
                f"{FLOOR:.4f} (mean {FLOOR / 2:.4f}) and softplus(0) is {GENERATOR:.4f}",
                signal="loss/discriminator",
                value=float(level[-1]),
                threshold=FLOOR,
                first=since,
                last=last,
            ),
        ),
        explanation="The discriminator is as sure as its output allows, but the loss takes a probability for a "
        "logit and "
        "passes on only a fraction of the gradient.",
        causes=(
            Cause(name="double_sigmoid", text="The discriminator ends in a sigmoid and the loss applies another."),
        ),
        remedies=(
            Remedy(text="remove the sigmoid at the end of the discriminator, and keep BCEWithLogitsLoss"),
            Remedy(text="or keep it and use BCELoss, which is less stable"),
        ),
    )


RULE = Rule(name="loss_floor", kind="mechanism", examine=_examine)
