"""The minimax loss gives no gradient while the discriminator is sure."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_STALLED = ("noise", "blank", "unchanging", "identical", "worse")


def _examine(case: Case) -> Finding | None:
    if case.objective != "minimax":
        return None
    facts = case.facts
    d_rate, g_rate = facts.number("discriminator_learning_rate"), facts.number("generator_learning_rate")
    ahead = (facts.number("d_steps") or 1.0) > 1.0 or bool(d_rate and g_rate and d_rate >= 2.0 * g_rate)
    risky = ahead or facts.choice("samples") in _STALLED
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if risky else Severity.NOTE,
        symptom="The generator minimises log(1 - D(G(z))), which is flat where the discriminator is sure.",
        confidence=0.6 if risky else 0.3,
        evidence=known(facts, "objective", "d_steps", "discriminator_learning_rate", "samples"),
        explanation="At the start every fake is recognised, so the generator receives next to nothing. By itself that "
        "was harmless in planted runs; with a discriminator that is ahead it was not.",
        remedies=(
            Remedy(text="maximise log D(G(z)) instead", setting="--set objective.name=non_saturating"),
            Remedy(text="in a loop", setting="g_loss = bce_with_logits(D(fake), torch.ones_like(scores))"),
        ),
        measure_next=("gradients/attenuation: below 0.25 the loss is saturated",),
    )


RULE = Rule(name="saturating_loss", kind="mechanism", examine=_examine)
