"""The learning rates of the two players are far apart."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known

HARMFUL, USUAL = 20.0, 5.0
"""A factor of 50 harmed most planted runs; two time scales (BigGAN) use up to 4."""

_FASTER = {
    "generator": Cause(name="generator_too_fast", text="The generator's learning rate is far above its rival's."),
    "discriminator": Cause(
        name="discriminator_too_fast", text="The discriminator's learning rate is far above its rival's."
    ),
}


def _examine(case: Case) -> Finding | None:
    facts = case.facts
    rates = {player: facts.number(f"{player}_learning_rate") for player in _FASTER}
    known_rates = {player: rate for player, rate in rates.items() if rate}
    if len(known_rates) < 2 or facts.choice("generator_optimizer") != facts.choice("discriminator_optimizer"):
        return None
    slower, faster = sorted(known_rates, key=lambda player: known_rates[player])
    ratio = known_rates[faster] / known_rates[slower]
    if ratio <= USUAL:
        return None
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if ratio >= HARMFUL else Severity.NOTE,
        symptom=f"The {faster}'s learning rate is {ratio:.3g} times the {slower}'s.",
        confidence=0.7 if ratio >= HARMFUL else 0.4,
        evidence=known(facts, "generator_learning_rate", "discriminator_learning_rate"),
        explanation="A discriminator two to four times as fast is common practice. At tens of times one player "
        "thrashes while the other stands still.",
        causes=(_FASTER[faster],),
        remedies=(
            Remedy(
                text=f"bring the {faster}'s down",
                setting=f"--set {faster}.learning_rate={min(2 * known_rates[slower], 2e-4):.3g}",
            ),
        ),
    )


RULE = Rule(name="learning_rates_apart", kind="mechanism", examine=_examine)
