"""The two players do not agree on which target means real."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "swapped_labels",
    when={"labels_swapped": (True,)},
    symptom="The targets of reals and fakes are exchanged between the two players.",
    explanation="Calling reals 0 and fakes 1 is harmless if both players do so. Here one does and the other does not: "
    "the generator is rewarded for being recognised.",
    remedies=(
        Remedy(
            text="use one pair of targets everywhere: reals 1, fakes 0, and 1 in the generator's loss",
            setting="real_target, fake_target = 1.0, 0.0",
        ),
    ),
)
