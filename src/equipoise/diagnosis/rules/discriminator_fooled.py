"""The generator's loss falls to nothing: it fools a discriminator that is broken or left behind.

It is often read the wrong way round: with -log D(G(z)) a winning discriminator drives the generator's loss up.
"""

import numpy as np

from equipoise.core.records import Cause, Evidence, Finding, Remedy, Severity
from equipoise.diagnosis.advice import slower
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.levels import discriminator_loss, doubt, lasting, running_median
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, Seen, stays_beyond

FOOLED = 0.1
"""-log D(G(z)) below this: D gives nine of ten fakes a probability above 0.9."""
NO_BETTER_THAN_CHANCE = 1.0
FOOLED_PROBABILITY = 0.9


def _examine(case: Case) -> Finding | None:
    seen = _by_probability(case) or _by_losses(case)
    if seen is None:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.HARM,
        confidence=0.85,
        symptom="The discriminator takes generated samples for real, and goes on doing so.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Such a generator is not good: its opponent is broken or far behind, and teaches it nothing.",
        causes=_causes(case),
        remedies=(
            Remedy(text="check that the discriminator's weights move: its optimiser must hold its parameters"),
            Remedy(
                text="check targets and signs", setting="1 for reals and 0 for fakes in D's loss, 1 for fakes in G's"
            ),
            Remedy(text="give the discriminator more updates", setting="training.d_steps=2"),
            slower(case, "generator"),
        ),
        measure_next=("run `equipoise check` on the modules and losses: it proves or rules out each of these causes",),
    )


def _by_probability(case: Case) -> Seen | None:
    return stays_beyond(case, Limit("probability/fake", FOOLED_PROBABILITY, above=True, label="D(G(z))"))


def _by_losses(case: Case) -> Seen | None:
    """Both losses must say so: a small loss of G alone is also what minimax gives when D wins."""
    reading, generator = doubt(case), case.history["loss/generator"]
    if case.objective != "non_saturating" or reading is None or len(generator) != len(reading.loss):
        return None
    losing = (reading.level > NO_BETTER_THAN_CHANCE) & (running_median(generator.values, reading.window) < FOOLED)
    begun = lasting(np.asarray(losing), reading.window)
    if begun is None:
        return None
    since, last = int(generator.at[begun]), int(generator.at[-1])
    statement = (
        f"the generator's loss was {generator.last:.3g} while the discriminator's was "
        f"{discriminator_loss(case).last:.3g} "
        f"(chance: {reading.chance:.3g}), since {since:,} {case.history.unit}"
    )
    evidence = Evidence(
        statement=statement, signal="loss/generator", value=generator.last, threshold=FOOLED, first=since, last=last
    )
    return Seen(since, evidence)


def _causes(case: Case) -> tuple[Cause, ...]:
    causes = [
        Cause(name="frozen_discriminator", text="The discriminator does not move: frozen, or not in its optimiser."),
        Cause(name="swapped_labels", text="The targets of reals and fakes are exchanged."),
        Cause(name="generator_too_fast", text="The generator outruns the discriminator."),
    ]
    if case.facts.choice("discriminator_output") == "sigmoid":
        causes.insert(0, Cause(name="double_sigmoid", text="A sigmoid before a loss that applies one itself."))
    return tuple(causes)


RULE = Rule(name="discriminator_fooled", kind="mechanism", examine=_examine)
