"""Samples do not depend on their label as they should."""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, stays_beyond
from equipoise.diagnosis.wording import known

UNMOVED = 0.05
"""Distance between samples of one latent under two labels, over that between samples of two latents."""
FALLEN, FEW = 0.8, 5
"""Share of its best, over the newest looks, below which the reals' own agreement with their labels has broken."""
NEAR_CHANCE = 1.5
"""Accuracy over chance."""
BEHIND, LATE, RISING = 0.35, 30, 1.2
"""Share of the accuracy of reals below which samples are not of their class, looks of grace (in the zoo healthy runs
are still at a quarter after 30), and what counts as being on the way."""
BLIND = 0.52
"""Share of pairs in which the discriminator scores a real sample with its own label above one with another."""


def _examine(case: Case) -> Finding | None:
    if case.facts.flag("conditional") is False:
        return None
    seen, told = _measured(case), _told(case)
    if seen is None and not told:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85,
        symptom="The label makes no difference to what is generated, or to how it is judged.",
        since=None if seen is None else seen.since,
        evidence=told if seen is None else (seen.evidence, *told),
        explanation="No loss shows this: an unconditional game is being played, and played well perhaps.",
        causes=_causes(case),
        remedies=(
            Remedy(text="run `equipoise check` with labels: it shows whether another label changes anything"),
            Remedy(text="judge labels by projection", setting="conditioning=projection"),
        ),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    wired = Cause(name="label_not_wired", text="The label does not reach the network's output.")
    shuffled = Cause(name="labels_shuffled", text="Labels do not belong to their samples.")
    weak = Cause(name=RULE.name, text="The way the label is given is too weak.")
    reals = case.history["condition/accuracy_of_reals"].values
    if len(reals) > 2 * FEW and float(np.median(reals[-FEW:])) < FALLEN * float(np.max(reals)):
        return (shuffled, wired, weak)
    return (wired, shuffled, weak)


def _measured(case: Case) -> Seen | None:
    return (
        stays_beyond(
            case, Limit("condition/generator_response", UNMOVED, above=False, label="effect of the label (latents: 1)",
            looks=4, share=0.3,
        ))
        or stays_beyond(
            case, Limit("condition/label_ranking", BLIND, above=False, label="ranking of right labels above wrong ones",
            looks=4, share=0.4,
        ))
        or _disobedient(case)
        or _behind_reals(case)
    )  # fmt: skip


def _disobedient(case: Case) -> Seen | None:
    classes = case.facts.number("classes")
    if classes is None or classes < 2:
        return None
    return stays_beyond(
        case,
        Limit(
            "condition/accuracy",
            NEAR_CHANCE / classes,
            above=False,
            label="samples of the class asked for",
            looks=4,
            share=0.4,
        ),
    )


def _behind_reals(case: Case) -> Seen | None:
    """Samples are of the class asked for far less often than reals are of their own, late and without getting there."""
    samples, reals = (case.settled(f"condition/{name}", looks=LATE) for name in ("accuracy", "accuracy_of_reals"))
    if len(samples) < 2 * FEW or len(samples) != len(reals):
        return None
    level, before = (float(np.median(part)) for part in (samples.values[-FEW:], samples.values[-2 * FEW : -FEW]))
    bound = BEHIND * float(np.median(reals.values[-FEW:]))
    if max(level, before) > bound or level > RISING * before:
        return None
    since = int(samples.at[-2 * FEW])
    evidence = Evidence(
        statement=f"samples of the class asked for were {level:.2g}, below {bound:.2g}, {BEHIND:g} of what it is "
        "among reals",
        signal="condition/accuracy",
        value=level,
        threshold=bound,
        first=since,
        last=int(samples.at[-1]),
    )
    return Seen(since, evidence)


def _told(case: Case) -> tuple[Evidence, ...]:
    """A classifier was asked outside of the run, and found labels to be as good as none."""
    accuracy, classes = case.facts.number("label_accuracy"), case.facts.number("classes")
    if accuracy is None or classes is None or classes < 2 or accuracy >= NEAR_CHANCE / classes:
        return ()
    return known(case.facts, "label_accuracy", "classes")


RULE = Rule(name="label_ignored", kind="symptom", examine=_examine)
