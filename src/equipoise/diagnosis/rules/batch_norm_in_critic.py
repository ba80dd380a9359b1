"""One sample's score depends on its mates while its own gradient is penalised."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    normalised = facts.choice("discriminator_normalisation") == "batch"
    mixes = facts.flag("discriminator_mixes_samples") is True and facts.flag("minibatch_layer") is not True
    if not case.penalised or not (normalised or mixes) or facts.flag("discriminator_mixes_samples") is False:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if _only_told(case) else Severity.WIRING,
        confidence=0.8 if _only_told(case) else 1.0,
        symptom="The discriminator mixes the samples of a batch although their gradients are penalised one by one.",
        evidence=known(facts, "penalty", "discriminator_normalisation", "discriminator_mixes_samples"),
        explanation="Batch normalisation makes each score a function of the whole batch, so the gradient that the "
        "penalty measures is not that sample's slope. Without a penalty it is fine, as in DCGAN.",
        remedies=(
            Remedy(
                text="leave normalisation out of the discriminator, or take layer or instance normalisation",
                setting="--set discriminator.normalisation=none",
            ),
            Remedy(text="or keep it and drop the penalty", setting="--set constraints.gradient_penalty=none"),
        ),
    )


def _only_told(case: Case) -> bool:
    """A run goes on, and nothing but its set-up speaks against it.

    Residual critics have trained so: of the two logs of `benchmarks/doctor/logs.py` that did, one ended at its best.
    """
    return bool(case.history.series) and case.facts.flag("discriminator_mixes_samples") is None


RULE = Rule(name="batch_norm_in_critic", kind="mechanism", examine=_examine)
