"""At first every discriminator is certain, because the first samples are noise."""

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import doubt, hopeless
from equipoise.diagnosis.reassuring import calm, course, recent
from equipoise.diagnosis.rule import Rule

FIRST = 0.05
"""Share of the planned run that counts as the beginning."""
SURE = 0.15


def _examine(case: Case) -> Finding | None:
    planned = case.history.planned
    if planned is None or case.share_of_run(case.history.end) > FIRST:
        return None
    ranking, reading = case.history["separation/ranking"], doubt(case)
    if reading is not None and hopeless(reading):
        return None
    if len(ranking) and recent(ranking) > 0.95:
        evidence = course(case, "separation/ranking", ranking, "the ranking of reals above fakes")
    elif reading is not None and float(reading.level[-1]) < SURE:
        evidence = course(case, "loss/discriminator", reading.loss, "the discriminator's loss")
    else:
        return None
    return calm(
        RULE.name,
        "The discriminator is nearly certain: at this early hour it always is.",
        "Untrained samples are trivial to tell. It becomes a worry if it lasts while the samples stand still.",
        evidence,
    )


RULE = Rule(
    name="early_certainty",
    kind="reassurance",
    examine=_examine,
    silences=("discriminator_dominates", "logit_blowup"),
)
