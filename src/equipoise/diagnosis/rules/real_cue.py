"""A trivial mark tells reals from fakes."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    if not facts.flag("preprocessing_differs") and not facts.flag("real_cue"):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING if facts.flag("preprocessing_differs") else Severity.RISK,
        symptom="Reals carry a mark that fakes cannot have, so the discriminator need not look at the content.",
        confidence=1.0 if facts.flag("preprocessing_differs") else 0.7,
        evidence=known(facts, "preprocessing_differs", "real_cue"),
        explanation="Exact zeros of a padded border, whole grey levels or another resize are enough: the discriminator "
        "is sure within a few steps and its gradient says nothing about the picture.",
        remedies=(
            Remedy(text="send both through the same last steps: crop or mask the padding in fakes too"),
            Remedy(text="add a little noise to both", setting="x + torch.rand_like(x) / 128  # dequantises 8 bits"),
        ),
    )


RULE = Rule(name="real_cue", kind="mechanism", examine=_examine)
