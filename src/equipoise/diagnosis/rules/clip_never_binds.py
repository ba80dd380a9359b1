"""No weight ever reaches the clip bound."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, stays_beyond


def _examine(case: Case) -> Finding | None:
    seen = stays_beyond(
        case,
        Limit("weights/share_at_bound", 1e-6, above=False, label="share of weights at the bound", looks=2, share=0.3),
    )
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.NOTE,
        symptom="The clip never binds: nothing limits the critic.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="The value of the Wasserstein estimate then means nothing. The samples may be fine all the "
        "same, since "
        "adaptive optimisers ignore the scale of a gradient.",
        causes=(Cause(name=RULE.name, text="The bound is far above the size of the weights."),),
        remedies=(Remedy(text="lower the bound, or use a gradient penalty", setting="--recipe wgan-gp"),),
    )


RULE = Rule(name="clip_never_binds", kind="mechanism", examine=_examine)
