"""A gradient penalty is computed and has no effect."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    weightless = case.penalised and facts.number("penalty_weight") == 0.0
    unwired = facts.flag("penalty_in_loss") is False or facts.flag("penalty_reaches_weights") is False
    if not (weightless or unwired):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING,
        symptom="The gradient penalty does not act on the discriminator's weights.",
        evidence=known(facts, "penalty", "penalty_in_loss", "penalty_reaches_weights", "penalty_weight"),
        explanation="It is a number that nobody minimises: without a graph of the gradient, outside the loss, or times "
        "zero. Nothing then bounds a critic's slope; scores and losses run away.",
        remedies=(
            Remedy(
                text="keep the graph of the gradient",
                setting="torch.autograd.grad(scores.sum(), interpolates, create_graph=True)",
            ),
            Remedy(text="add it to the loss that is differentiated", setting="(d_loss + 10.0 * penalty).backward()"),
            Remedy(text="in a recipe, give it a weight", setting="--set constraints.gradient_penalty.weight=10"),
        ),
    )


RULE = Rule(name="penalty_not_wired", kind="wiring", examine=_examine)
