"""Every rule, in the order in which a cause is to be believed: what is proved comes before what is likely."""

from equipoise.diagnosis.played import MECHANISMS, REASSURANCES, SYMPTOMS
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules import few_readings, non_finite
from equipoise.diagnosis.set_up import REPORTED, SETTINGS, WIRING

RULES: tuple[Rule, ...] = (
    *WIRING,
    non_finite.RULE,
    *MECHANISMS,
    few_readings.RULE,
    *SETTINGS,
    *SYMPTOMS,
    *REPORTED,
    *REASSURANCES,
)
