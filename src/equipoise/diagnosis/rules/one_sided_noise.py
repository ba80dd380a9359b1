"""Only one side gets instance noise."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "one_sided_noise",
    when={"instance_noise": ("reals_only", "fakes_only")},
    symptom="Noise is added to only one side before the discriminator.",
    explanation="The noise itself then tells reals from fakes: the discriminator needs to look at nothing else.",
    remedies=(
        Remedy(
            text="add the same amount of noise to both",
            setting="D(x + sd * randn_like(x)), D(fake + sd * randn_like(fake))",
        ),
    ),
)
