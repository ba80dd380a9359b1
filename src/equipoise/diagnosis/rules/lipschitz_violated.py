"""The critic is far steeper than its constraint allows.

A gradient penalty is soft: healthy critics sit at norms of 0.9 to 2. Clipping and spectral normalisation have
constants of their own, so the norm says nothing there.
"""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, often_beyond, stays_beyond

STEEP = 3.0
RELEASE = 2.1
PENALTY = (STEEP - 1.0) ** 2
ONE_CENTRED = ("gradient_penalty", "one_sided_gradient_penalty", "dragan")


def _examine(case: Case) -> Finding | None:
    penalty = case.facts.choice("penalty")
    if not case.wasserstein or penalty not in (None, "other", *ONE_CENTRED):
        return None
    if penalty is None and (case.facts.number("clip_value") or case.facts.flag("spectral_norm")):
        return None
    seen = _measured(case)
    if seen is None:
        return None
    weight = case.facts.number("penalty_weight")
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.9,
        symptom="The critic is much steeper than its penalty asks for.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="The penalty wants gradients of norm 1 between real and generated samples. Where they are "
        "far above, "
        "the Wasserstein estimate means nothing and the generator is pushed too hard.",
        causes=_causes(case),
        remedies=(
            Remedy(
                text="check that the penalty reaches the weights", setting="torch.autograd.grad(..., create_graph=True)"
            ),
            Remedy(
                text="raise its weight until the norm lies between 0.7 and 2",
                setting=f"constraints.gradient_penalty.weight={10.0 if weight is None else 3 * weight:g}",
            ),
            Remedy(text="take the norm over all values of a sample", setting="gradients.flatten(1).norm(2, dim=1)"),
            Remedy(text="take batch normalisation out of the critic", setting="discriminator.normalisation=none"),
        ),
    )


def _measured(case: Case) -> Seen | None:
    return (
        often_beyond(case, Limit("lipschitz/mean", STEEP, above=True, release=RELEASE, label="gradient norm", looks=2))
        or often_beyond(
            case,
            Limit(
                "gradient_norm/gradient_penalty",
                STEEP,
                above=True,
                release=RELEASE,
                label="gradient norm",
                share=0.05,
            ),
        )
        or stays_beyond(
            case, Limit("penalty/gradient_penalty", PENALTY, above=True, label="gradient penalty", share=0.05)
        )
    )


def _causes(case: Case) -> tuple[Cause, ...]:
    causes = []
    if case.facts.choice("discriminator_normalisation") == "batch":
        causes.append(
            Cause(name="batch_norm_in_critic", text="Batch normalisation makes the penalty's gradient wrong.")
        )
    if case.facts.flag("penalty_reaches_weights") is not True:
        causes.append(Cause(name="penalty_not_wired", text="The penalty is computed and never reaches the weights."))
    causes.append(Cause(name="lipschitz_violated", text="The penalty's weight is too small for this game."))
    if case.facts.choice("penalty_norm") is None:
        causes.append(Cause(name="penalty_norm", text="The norm is taken over the wrong dimensions."))
    return tuple(causes)


RULE = Rule(name="lipschitz_violated", kind="mechanism", examine=_examine)
