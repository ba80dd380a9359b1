"""A gradient penalty is a compromise: norms of 1.2 to 2 and a penalty that never reaches 0 are normal."""

from equipoise.core.records import Evidence, Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm, recent
from equipoise.diagnosis.rule import Rule

NORMS = (1.15, 2.2)
PENALTIES = (0.02, 1.0)


def _examine(case: Case) -> Finding | None:
    norm = (
        case.history["lipschitz/mean"]
        if "lipschitz/mean" in case.history
        else case.history["gradient_norm/gradient_penalty"]
    )
    penalty = case.history["penalty/gradient_penalty"]
    if not case.wasserstein or len(norm) + len(penalty) < 3:
        return None
    told = []
    if len(norm) and NORMS[0] < recent(norm) < NORMS[1]:
        told.append(
            Evidence(statement=f"gradient norm {recent(norm):.2f}", signal="lipschitz/mean", value=recent(norm))
        )
    if len(penalty) and PENALTIES[0] < recent(penalty) < PENALTIES[1]:
        told.append(
            Evidence(
                statement=f"gradient penalty {recent(penalty):.2f} before its weight",
                signal="penalty/gradient_penalty",
                value=recent(penalty),
            )
        )  # fmt: skip
    if not told:
        return None
    return calm(
        RULE.name,
        "The critic's slope lies a little beside 1 and the penalty is not 0: both are as they should be.",
        "The objective pulls the slope up while the penalty pulls it to 1; they meet in between.",
        *told,
    )


RULE = Rule(name="soft_penalty", kind="reassurance", examine=_examine)
