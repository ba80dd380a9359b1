"""A grid in the samples."""

from equipoise.core.records import Cause, Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.seen import Limit, stays_beyond

GRID = 0.3
"""log10 of the power at half the sampling rate over its neighbours, fakes against reals."""


def _examine(case: Case) -> Finding | None:
    if case.facts.choice("generator_architecture") == "mlp" or case.facts.choice("upsampling") in ("none", "resize"):
        return None
    seen = stays_beyond(
        case, Limit("samples/nyquist", GRID, above=True, label="power of the finest grid (log10)", looks=4, share=0.5)
    )
    if seen is None:
        return None
    kernel, stride = case.facts.number("upsampling_kernel"), case.facts.number("upsampling_stride")
    uneven = kernel is not None and stride is not None and kernel % stride != 0
    return Finding(
        name=RULE.name,
        severity=Severity.RISK,
        confidence=0.85 if uneven else 0.6,
        symptom="The samples carry a fine grid.",
        since=seen.since,
        evidence=(seen.evidence,),
        explanation="Where transposed convolutions overlap unevenly, some pixels are written more often than others.",
        causes=(
            Cause(
                name="kernel_not_divisible" if uneven else RULE.name, text="Uneven overlap of transposed convolutions."
            ),
        ),
        remedies=(
            Remedy(
                text="make the kernel a multiple of the stride", setting="ConvTranspose2d(..., kernel_size=4, stride=2)"
            ),
            Remedy(text="or resize first and convolve then"),
        ),
    )


RULE = Rule(name="checkerboard", kind="symptom", examine=_examine)
