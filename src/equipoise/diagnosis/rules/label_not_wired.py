"""A player is not told the label."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, often_beyond
from equipoise.diagnosis.wording import known

CONSTANT = 0.05
NOTHING = 1e-7
"""Distance between samples of one latent under two labels, over that of two latents: rounding."""


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    deaf = [player for player in ("generator", "discriminator") if facts.flag(f"label_reaches_{player}") is False]
    if facts.flag("conditional") and facts.choice("conditioning") == "none" and "discriminator" not in deaf:
        deaf.append("discriminator")
    unmoved = often_beyond(
        case, Limit("condition/generator_response", NOTHING, above=False, label="effect of the label")
    )
    alive = case.history["samples/diversity"]
    if len(alive) and alive.last < CONSTANT:
        unmoved = None  # a generator that gives one sample for all obeys nothing, labels included
    if unmoved is not None and "generator" not in deaf:
        deaf.append("generator")
    if not deaf:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.WIRING,
        symptom=f"The label does not reach the {' and the '.join(deaf)}.",
        since=None if unmoved is None else unmoved.since,
        evidence=(
            *known(facts, "conditional", "conditioning", "label_reaches_generator", "label_reaches_discriminator"),
            *(() if unmoved is None else (unmoved.evidence,)),
        ),
        explanation="A generator that is not told the class cannot obey it; a discriminator that is not told cannot "
        "ask for it. Either way samples do not belong to their label.",
        remedies=(
            Remedy(text="tell the discriminator with a projection", setting="--set conditioning=projection"),
            Remedy(
                text="or join a learned vector of the label to the input",
                setting="generator(torch.cat([latents, embedding(labels)], dim=1))",
            ),
        ),
    )


RULE = Rule(name="label_not_wired", kind="wiring", examine=_examine)
