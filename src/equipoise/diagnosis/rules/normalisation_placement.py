"""Normalisation right before the generator's output or right after the discriminator's input."""

from equipoise.core.records import Remedy, Severity
from equipoise.diagnosis.wording import proved

RULE = proved(
    "normalisation_placement",
    when={"normalisation_at_generator_output": (True,), "normalisation_at_discriminator_input": (True,)},
    symptom="A normalisation layer stands at the generator's output or at the discriminator's input.",
    severity=Severity.NOTE,
    confidence=0.5,
    explanation="There it fixes the mean and contrast of the images themselves, which are for the generator to give "
    "and for the discriminator to see. DCGAN leaves out exactly these two.",
    remedies=(Remedy(text="leave out these two layers"),),
)
