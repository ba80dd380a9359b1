"""Batch normalisation in a discriminator without a gradient penalty is DCGAN's own recipe."""

from equipoise.core.records import Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    if case.facts.choice("discriminator_normalisation") != "batch" or case.penalised or case.wasserstein:
        return None
    if case.objective is None:
        return None
    return calm(
        RULE.name,
        "The discriminator uses batch normalisation: without a gradient penalty that is allowed.",
        "DCGAN (arXiv 1511.06434) recommends it. A penalty on each sample's own gradient would be wrong with it.",
        *known(case.facts, "discriminator_normalisation", "objective"),
    )


RULE = Rule(name="batch_norm_allowed", kind="reassurance", examine=_examine)
