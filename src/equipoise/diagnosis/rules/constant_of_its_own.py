"""Under clipping or spectral normalisation the slope has a constant of its own."""

from equipoise.core.records import Evidence, Finding
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.reassuring import calm, recent
from equipoise.diagnosis.rule import Rule

USUAL = (0.5, 2.5)


def _examine(case: Case) -> Finding | None:
    norm = case.history["lipschitz/mean"]
    bounded = case.facts.number("clip_value") is not None or case.facts.flag("spectral_norm") is True
    if case.penalised or not bounded or len(norm) < 3 or USUAL[0] < recent(norm) < USUAL[1]:
        return None
    return calm(
        RULE.name,
        f"The discriminator's slope is {recent(norm):.2g}, not 1: under clipping or spectral normalisation that "
        f"is free.",
        "These bound the slope by some constant that depends on depth and width. Only its change within one run says "
        "anything.",
        Evidence(statement=f"gradient norm {recent(norm):.2g}", signal="lipschitz/mean", value=recent(norm)),
    )


RULE = Rule(name="constant_of_its_own", kind="reassurance", examine=_examine, silences=("lipschitz_violated",))
