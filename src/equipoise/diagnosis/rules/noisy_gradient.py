"""The generator's gradient is mostly noise."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, stays_beyond

NOISE = 0.1
"""Cosine of the gradients of two independent batches; healthy runs are above 0.3."""


ENOUGH = 64
"""Samples in a batch from which its size is not to blame."""


def _examine(case: Case) -> Finding | None:
    size = case.facts.number("batch_size")
    if size is not None and size >= ENOUGH and case.facts.flag("discriminator_mixes_samples") is not True:
        return None
    seen = stays_beyond(
        case,
        Limit(
            "gradients/agreement",
            NOISE,
            above=False,
            label="cosine of the gradients of two batches",
            looks=4,
            share=0.1,
        ),
    )
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.7,
        symptom="Two batches pull the generator in unrelated directions.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Noise dominates its steps. Close to the equilibrium that is natural; far from it, a batch "
        "is too small "
        "or batch normalisation in a critic scrambles the scores.",
        causes=(
            Cause(name="small_batch", text="The batch is too small."),
            Cause(name="batch_norm_in_critic", text="Batch normalisation in the critic."),
        ),
        remedies=(
            Remedy(
                text="use a larger batch",
                setting=f"training.batch_size={64 if size is None else int(max(4 * size, 64))}",
            ),
            slower(case, "generator"),
        ),
    )


RULE = Rule(name="noisy_gradient", kind="mechanism", examine=_examine)
