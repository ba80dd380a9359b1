"""A loss or a signal became no number."""

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.topics import spoken_of

SQUARES = ("r1", "r2", "r1_r2")


def _examine(case: Case) -> Finding | None:
    broken = {name: series.broken_at for name, series in case.history.series.items() if series.broken_at is not None}
    if not broken and not case.facts.flag("nan_seen"):
        return None
    since = min(broken.values(), default=None)
    first = sorted(name for name, at in broken.items() if at == since)
    evidence = tuple(
        Evidence(
            statement=f"{name} was no finite number at {since:,} {case.history.unit}",
            signal=name,
            first=since,
            last=since,
        )
        for name in first
    ) or (Evidence(statement="a loss or a sample became no number", signal="fact/nan_seen", value=True),)
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        symptom="A loss or a signal became NaN or infinite.",
        since=since,
        evidence=evidence,
        explanation="Everything the optimisers touch after that is lost: the weights are NaN from the next step on.",
        causes=_causes(case),
        remedies=_remedies(case),
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    causes = []
    if case.facts.choice("precision") == "float16":
        causes.append(Cause(name="half_precision", text="float16 overflows above 65,504; a penalty gets there easily."))
    if _rooted(case):
        causes.append(
            Cause(name="unsafe_norm", text="The derivative of a norm is infinite where the gradient is exactly 0.")
        )
    causes += spoken_of(case)
    causes.append(Cause(name=RULE.name, text="Nothing that is known says which number overflowed first."))
    causes.append(Cause(name="learning_rate", text="A step was so large that the numbers overflowed."))
    return tuple({cause.name: cause for cause in causes}.values())


def _rooted(case: Case) -> bool:
    """Whether a root is taken of a gradient, and nobody says that it is kept off 0; R1 and R2 take the square alone."""
    safe = case.facts.flag("penalty_norm_safe")
    return safe is False or (safe is None and case.penalised and case.facts.choice("penalty") not in SQUARES)


def _remedies(case: Case) -> tuple[Remedy, ...]:
    remedies = [Remedy(text="go back to the last checkpoint before it and halve both learning rates")]
    if case.penalised:
        remedies.append(
            Remedy(
                text="keep the norm away from 0 in the penalty", setting="(gradients.square().sum(1) + 1e-12).sqrt()"
            )
        )
    if case.facts.choice("precision") == "float16":
        remedies.append(Remedy(text="use bfloat16, with the penalty in float32", setting="training.precision=bfloat16"))
    return tuple(remedies)


RULE = Rule(name="non_finite", kind="mechanism", examine=_examine)
