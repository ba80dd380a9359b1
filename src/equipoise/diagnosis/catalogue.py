"""Every rule, in the order in which a cause is to be believed: what is proved comes before what is likely."""

from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.rules import non_finite

RULES: tuple[Rule, ...] = (non_finite.RULE,)
