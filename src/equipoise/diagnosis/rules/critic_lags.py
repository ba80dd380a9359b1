"""The discriminator ranks generated samples above real ones it has not seen.

Which of its causes it is, the update ratios and the penalty tell: 15 too little work, 16 a stiff penalty, 17 a fast
generator, 18 a critic that thrashes.
"""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.advice import far_smaller, slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules.reals_apart import apart
from equipoise.diagnosis.seen import Limit, Seen, often_beyond, stays_beyond

BEHIND = 0.45
RELEASE = 0.48
STIFF_SHARE = 0.5


def _examine(case: Case) -> Finding | None:
    seen = _measured(case)
    if seen is None:
        return None
    word = "critic" if case.wasserstein else "discriminator"
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85,
        symptom=f"The {word} lags behind: it often scores generated samples above real ones.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="A judge who is behind sends the generator in directions that were right some steps ago.",
        causes=_causes(case),
        remedies=_remedies(case),
        measure_next=("let a copy of it train 60 steps more against the fixed generator: if it gains, it needs "
        "more steps, "
                      "if not, more capacity",),
    )  # fmt: skip


def _measured(case: Case) -> Seen | None:
    label = "share of pairs in which a real sample scores higher"
    return (
        _behind_held_out(case, label)
        or stays_beyond(case, Limit("separation/ranking", BEHIND, above=False, label=label, looks=3))
        or (
            stays_beyond(
                case, Limit("wasserstein/estimate", 0.0, above=False, label="Wasserstein estimate", share=0.05)
            )
            if case.wasserstein
            else None
        )
    )


def _behind_held_out(case: Case, label: str) -> Seen | None:
    """Not where the reals set aside are unlike those of the training: then they score low, whatever fakes do."""
    if apart(case) is not None:
        return None
    limit = Limit(
        "separation/held_out_ranking", BEHIND, above=False, needed=3, of=8, release=RELEASE, label=label, looks=3
    )
    return often_beyond(case, limit)


def _causes(case: Case) -> tuple[Cause, ...]:
    """The likeliest first, by what else was measured."""
    ratio, stiff = case.history["updates/log_ratio"], case.history["penalty/share"]
    causes = [
        Cause(name="critic_steps", text="Too few critic updates for each one of the generator."),
        Cause(name="capacity_gap", text="The critic is too small to keep up."),
    ]
    if len(stiff) and float(stiff.values[-5:].mean()) > STIFF_SHARE:
        causes.insert(0, Cause(name="penalty_weight", text="The penalty outweighs the objective: the critic is stiff."))
    if len(ratio) and float(ratio.values[-5:].mean()) < -0.5:
        causes.insert(
            0, Cause(name="generator_too_fast", text="The generator's steps are much larger than the critic's.")
        )
    if len(ratio) and float(ratio.values[-5:].mean()) > 0.6:
        causes.insert(0, Cause(name="discriminator_too_fast", text="The critic's steps are so large that it thrashes."))
    if far_smaller(case, "discriminator"):
        causes.insert(0, Cause(name="capacity_gap", text="The critic has far fewer weights than the generator."))
    return tuple(causes)


def _remedies(case: Case) -> tuple[Remedy, ...]:
    steps = case.facts.number("d_steps")
    more = 5 if steps is None or steps < 3 else int(2 * steps)
    weight = case.facts.number("penalty_weight")
    remedies = [Remedy(text="give it more updates for each one of the generator", setting=f"training.d_steps={more}")]
    if case.penalised and weight is not None:
        remedies.append(
            Remedy(text="or weaken the penalty", setting=f"constraints.gradient_penalty.weight={weight / 3:.3g}")
        )
    remedies.append(slower(case, "generator"))
    remedies.append(Remedy(text="or make it wider"))
    return tuple(remedies)


RULE = Rule(name="critic_lags", kind="mechanism", examine=_examine)
