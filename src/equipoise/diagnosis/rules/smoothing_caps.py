"""With one-sided smoothing D(x) settles at the smoothed target, and the loss has a floor."""

from equipoise.core.records import Evidence, Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm, course
from equipoise.diagnosis.rule import Rule


def _examine(case: Case) -> Finding | None:
    target, real = case.facts.number("real_target"), case.history["probability/real"]
    if target is None or not 0.5 < target < 1.0 or not case.logistic or len(real) < 3:
        return None
    return calm(
        RULE.name,
        f"D(x) will not exceed {target:g} for long: that is the target it was given.",
        "One-sided smoothing moves the optimum of D(x) from 1 to the target and puts a floor under D's loss.",
        Evidence(statement=f"the target of reals is {target:g}", signal="fact/real_target", value=target),
        course(case, "probability/real", real, "D(x)"),
    )


RULE = Rule(name="smoothing_caps", kind="reassurance", examine=_examine)
