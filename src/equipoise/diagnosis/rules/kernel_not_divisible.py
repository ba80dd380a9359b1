"""Transposed convolutions overlap unevenly."""

from equipoise.core.records import Finding, Remedy, Severity
from equipoise.diagnosis.case import Case
from equipoise.diagnosis.rule import Rule
from equipoise.diagnosis.wording import known


def _examine(case: Case) -> Finding | None:
    kernel, stride = case.facts.number("upsampling_kernel"), case.facts.number("upsampling_stride")
    if case.facts.choice("upsampling") not in (None, "transposed") or not kernel or not stride:
        return None
    if stride <= 1.0 or kernel % stride == 0.0:
        return None
    seen = case.facts.choice("samples") == "checkerboard"
    return Finding(
        name=RULE.name,
        severity=Severity.RISK if seen else Severity.NOTE,
        symptom=f"A transposed convolution of kernel {kernel:g} and stride {stride:g} paints a grid.",
        confidence=0.9 if seen else 0.5,
        evidence=known(case.facts, "upsampling_kernel", "upsampling_stride", "samples"),
        explanation="Where the kernel is no multiple of the stride some pixels receive more terms than their "
        "neighbours. The network has to unlearn that pattern, and often does not.",
        remedies=(
            Remedy(text="take a multiple", setting="nn.ConvTranspose2d(a, b, kernel_size=4, stride=2, padding=1)"),
            Remedy(text="or resize and convolve", setting="nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1)"),
        ),
    )


RULE = Rule(name="kernel_not_divisible", kind="mechanism", examine=_examine)
