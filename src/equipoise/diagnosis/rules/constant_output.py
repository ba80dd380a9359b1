"""The untrained generator gives one and the same sample."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "constant_output",
    when={"output_constant": (True,), "initialisation": ("zeros", "constant")},
    symptom="The generator begins with the same output for every latent.",
    explanation="Equal weights stay equal, and a dead layer passes nothing on: there is no difference between samples "
    "from which training could begin.",
    remedies=(
        Remedy(
            text="initialise as DCGAN does",
            setting="nn.init.normal_(layer.weight, 0.0, 0.02)  # convolutions; ones for normalisation scales",
        ),
        Remedy(text="or leave PyTorch's own initialisation alone"),
    ),
)
