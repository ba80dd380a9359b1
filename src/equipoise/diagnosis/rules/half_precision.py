"""Numbers of 16 bits where they do not suffice."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    scaled = facts.flag("loss_scaling")
    if facts.choice("precision") != "float16" or not (case.penalised or scaled is False):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE if scaled else Severity.RISK,
        symptom="The run computes in float16" + (", its gradient penalty too." if case.penalised else " unscaled."),
        confidence=1.0 if scaled else 0.7,
        evidence=known(facts, "precision", "loss_scaling", "penalty"),
        explanation="float16 ends at 65,504 and loses everything below 6e-8. Squared gradients reach both ends: the "
        "penalty becomes infinite, or vanishes without a word.",
        remedies=(
            Remedy(text="use bfloat16", setting="--set training.precision=bfloat16"),
            Remedy(text="compute the penalty in float32", setting="with torch.autocast('cuda', enabled=False): ..."),
            Remedy(text="scale the losses", setting="scaler = torch.amp.GradScaler()"),
        ),
    )


RULE = Rule(name="half_precision", kind="mechanism", examine=_examine)
