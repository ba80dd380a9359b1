"""The generator's weights are not averaged."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "no_average",
    when={"ema": (False,)},
    symptom="Samples are taken from the raw weights, without an average.",
    severity=Severity.NOTE,
    explanation="The weights circle around a good point; their average lies nearer to it than any of them, so "
    "averaged samples are better at no cost to the training.",
    remedies=(Remedy(text="average the generator's weights", setting="--set training.ema_half_life=10000"),),
)
