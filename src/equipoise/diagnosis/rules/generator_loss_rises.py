"""A non-saturating generator's loss rises slowly while its samples improve, because its opponent improves too."""

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.outcome import sample_trend
from equipoise.diagnosis.reassuring import calm, course
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.trend import noise, smoothed


def _examine(case: Case) -> Finding | None:
    series = case.history["loss/generator"]
    if case.objective not in ("non_saturating", "hinge", "relativistic", "least_squares") or len(series) < 8:
        return None
    level = smoothed(series.values)
    if level[-1] - level[len(level) // 4] <= noise(series.values) or sample_trend(case) == "worse":
        return None
    certain = "" if sample_trend(case) == "better" else " Look at the samples: as long as they improve,"
    return calm(
        RULE.name,
        "The generator's loss rises: by itself that is no bad sign.",
        "It is measured by an opponent who gets better as well." + (certain + " nothing is wrong." if certain else ""),
        course(case, "loss/generator", series, "the generator's loss"),
    )


RULE = Rule(name="generator_loss_rises", kind="reassurance", examine=_examine, if_all_is_well=True)
