"""Under clipping a good part of the weights sits at the bound."""

from equipoise.core.records import Evidence, Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm, recent
from equipoise.diagnosis.rule import Rule

USUAL = (0.05, 0.6)


def _examine(case: Case) -> Finding | None:
    share = case.history["weights/share_at_bound"]
    if len(share) < 3 or not USUAL[0] < recent(share) < USUAL[1]:
        return None
    return calm(
        RULE.name,
        f"{recent(share):.0%} of the critic's weights sit at the clip bound: that is how clipping works.",
        "None at all would mean that the clip never binds, nearly all that it leaves no freedom.",
        Evidence(
            statement=f"share at the bound {recent(share):.2f}", signal="weights/share_at_bound", value=recent(share)
        ),
    )


RULE = Rule(name="weights_at_bound", kind="reassurance", examine=_examine)
