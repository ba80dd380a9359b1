"""The loss function is not that of the objective."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

_FITS = {
    "wasserstein": ("mean", "other"),
    "hinge": ("hinge", "other"),
    "least_squares": ("mse", "other"),
    "minimax": ("bce", "bce_with_logits", "softplus", "other"),
    "non_saturating": ("bce", "bce_with_logits", "softplus", "other"),
}


def _examine(case: Case) -> Finding | None:
    loss = case.facts.choice("loss_function")
    if loss is None or loss in _FITS.get(case.objective or "", (loss,)):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        symptom=f"The objective is said to be {case.objective}, but the loss is {loss}.",
        confidence=0.6,
        evidence=known(case.facts, "objective", "loss_function"),
        explanation="What surrounds a loss belongs to it: the last activation, the penalty or clipping, the number of "
        "discriminator steps. Halves of two methods are neither.",
        remedies=(
            Remedy(text="Wasserstein", setting="d_loss = D(fake).mean() - D(x).mean() + 10 * penalty"),
            Remedy(text="or stay with the cross-entropy and drop clipping and penalty"),
        ),
    )


RULE = Rule(name="loss_mismatch", kind="mechanism", examine=_examine)
