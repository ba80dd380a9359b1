"""The data come in the same order every epoch."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "unshuffled_data",
    when={"shuffled": (False,)},
    symptom="The data are not shuffled.",
    severity=Severity.RISK,
    confidence=0.5,
    explanation="Where they lie sorted, by class or by source, every batch is of one kind: the generator runs after "
    "the kind of the hour and the losses swing with the epoch.",
    remedies=(Remedy(text="shuffle them", setting="DataLoader(data, batch_size=64, shuffle=True, drop_last=True)"),),
)
