"""The norm of the penalty's gradient is taken over the wrong values."""

from equipoise.core.records import Remedy
from equipoise.diagnosis.wording import proved

RULE = proved(
    "penalty_norm",
    when={"penalty_norm": ("per_channel", "per_element", "whole_batch")},
    symptom="The gradient penalty does not take one norm for each sample.",
    explanation="`norm(dim=1)` of an image's gradient goes over its channels only, which asks for a slope of 1 at "
    "every pixel: the whole gradient then has the length of the square root of the number of pixels. A norm over the "
    "whole batch asks far too little of each sample.",
    remedies=(Remedy(text="flatten all but the batch first", setting="norms = gradients.flatten(1).norm(2, dim=1)"),),
)
