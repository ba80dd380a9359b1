"""So much augmentation that the generator draws it."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, stays_beyond
from equipoise.diagnosis.wording import known

ALMOST_ALWAYS = 0.8


def _examine(case: Case) -> Finding | None:
    probability = case.facts.number("augmentation_probability")
    seen = case.facts.choice("samples") == "augmented"
    measured = stays_beyond(
        case, Limit("augmentation/probability", ALMOST_ALWAYS, above=True, label="share of augmented samples")
    )
    if not seen and measured is None and (probability is None or probability <= ALMOST_ALWAYS):
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        symptom="The samples show the augmentations." if seen else "Nearly every sample is augmented.",
        confidence=0.9 if seen else 0.7 if measured else 0.5,
        since=None if measured is None else measured.since,
        evidence=(
            *(() if measured is None else (measured.evidence,)),
            *known(case.facts, "augmentation_probability", "augmentation", "samples"),
        ),
        explanation="If the discriminator hardly ever sees a plain image it cannot tell that plain is right: "
        "rotations, shifts and colours end up in the samples.",
        remedies=(
            Remedy(text="augment at most four samples in five", setting="p = min(p, 0.8)"),
            Remedy(text="leave out what would look wrong in a sample: large rotations, inversion, strong colours"),
        ),
    )


RULE = Rule(name="augmentation_leak", kind="mechanism", examine=_examine)
