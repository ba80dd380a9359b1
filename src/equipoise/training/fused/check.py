"""Whether a graph does what the eager step does, on the same batch and the same random numbers.

Compilers have dropped the second derivative in silence (pytorch#181581), so nothing is taken on trust: loss, record,
every gradient, every buffer that the step changes, and the part of each gradient that the penalties make.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from equipoise.training.fused.graphs import Outputs, Run, StepGraph
from equipoise.training.fused.trace import copied

TOLERANCE = {"float32": 1e-3, "bfloat16": 5e-2}
"""Relative, by tensor. Rounding in another order changes about 1e-6 in float32; what is wrong is wrong by a whole."""
LEAST_SHARE = 1e-3
"""A gradient smaller than this share of the largest one is judged by the largest: it may be rounding alone."""


def disagreement(step: StepGraph, run: Run, inputs: Sequence[Tensor], *, reference: Run | None = None) -> str | None:
    """In what `run` differs from the eager step at `inputs` (random numbers last); None where they agree.

    `reference` is the eager step in another layout, where `run` has that.
    """
    way = reference or step.told
    tolerance = TOLERANCE[step.turn.game.precision]
    expected, expected_after = _run(way, inputs)
    found, found_after = _run(run, inputs)
    if any(a is not None and _strides(a) != _strides(p) for a, p in zip(found, step.parameters, strict=False)):
        return "a gradient lies otherwise in memory than its parameter"
    for what, ours, theirs in (("", found, expected), ("in a buffer, ", found_after, expected_after)):
        error = largest_error(ours, theirs)
        if not error <= tolerance:
            return f"{what}the fused step differs from the eager one by {error:.1e} (tolerance {tolerance:.0e})"
    if step.turn.player == "generator" or not step.weight_positions(inputs):
        return None
    error = _penalties_error(step, (way, run), inputs, (expected, found))
    if not error <= 10 * tolerance:  # a difference of two numbers, either of them rounded
        return f"the penalties do not reach the weights as in the eager step: they differ by {error:.1e}"
    return None


def largest_error(found: Outputs, expected: Outputs) -> float:
    """The largest relative error of any tensor; infinite where one is missing or not finite on one side alone."""
    pairs = list(zip(found, expected, strict=True))
    if any((a is None) != (b is None) for a, b in pairs):
        return float("inf")
    present = [(a.double(), b.double()) for a, b in pairs if a is not None and b is not None]
    if not present:
        return 0.0
    scale = LEAST_SHARE * max(float(b.norm()) for _, b in present)
    errors = [float((a - b).norm()) / max(float(b.norm()), scale, 1e-30) for a, b in present]
    return max(error if error == error else float("inf") for error in errors)


def _strides(tensor: Tensor) -> list[int]:
    """Those that matter: along a dimension of one entry nobody steps."""
    return [stride for stride, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]


def _run(run: Run, inputs: Sequence[Tensor]) -> tuple[Outputs, list[Tensor]]:
    """Outputs, and what is left in the tensors that were given: running statistics are changed in place."""
    given = copied(inputs)
    with torch.no_grad():
        return run(*given), given


def _penalties_error(
    step: StepGraph, ways: tuple[Run, Run], inputs: Sequence[Tensor], whole: tuple[Outputs, Outputs]
) -> float:
    """Of what the penalties alone add to the gradients: the whole less what is left with weights of zero."""
    without = list(inputs)
    for position in step.weight_positions(inputs):
        without[position] = torch.zeros_like(inputs[position])
    rest = [_run(way, without)[0] for way in ways]
    count = len(step.parameters)
    expected, found = (
        [None if a is None or b is None else a - b for a, b in zip(full[:count], part[:count], strict=True)]
        for full, part in zip(whole, rest, strict=True)
    )
    return largest_error(found, expected)
