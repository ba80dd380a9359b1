"""Whether a run is long enough for what it costs to make it faster."""

from dataclasses import dataclass

from equipoise.training.plan import Budget
from equipoise.training.state import TrainState

GRAPH_GAIN = 1.1
"""Times a traced step is faster than the eager one, at the least that is usual (docs/performance.md: 1.0 to 1.25 on one
thread, where arithmetic bounds a step; more on several threads, where its overhead does)."""
WINOGRAD_GAIN = 1.5
"""The same of networks made of convolutions that take fewer multiplications (docs/performance.md: 1.6 for a DCGAN, 2.0
for one with a gradient penalty)."""
COMPILED_GAIN = 1.15
"""Times compiled kernels are faster than the traced graph (benchmarks/speed: 1.1 to 1.25 for an MLP on a CPU)."""
SECONDS_A_STEP = 3.0
"""To compile a graph, whatever its size, with an empty cache."""
SECONDS_A_NODE = 0.05
"""And for each operation in it (measured: 10 s for 170 operations)."""
SECONDS_TO_TRACE = 0.5
SECONDS_A_LAYER = 0.05
"""Measured: 1 s for an MLP pair, 4 s for a ResNet pair."""
SECONDS_TO_BUILD = 8.0
"""To build winograd.cpp where that was not done before (measured: 6 to 8 s)."""
SECONDS_TO_BUILD_PRODUCTS = 2.0
"""To build dense.cpp, and to compare it with the libraries (measured: 2.4 s beside other work)."""
SECONDS_TO_BUILD_ADAM = 1.0
"""To build adam.cpp (measured: 1.1 s)."""
CYCLES_TO_CHECK = 10.0
"""Eager cycles that it takes to check such convolutions (measured for a DCGAN: 6 in float64) and the rest."""
TIMES_OVER = 2.0
"""A cost must be earned back this many times: the gain is an estimate, and the machine may be shared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What lies ahead of a run: seconds an eager cycle takes, and how many cycles there are."""

    cycle_seconds: float
    cycles: float

    def saved_by(self, gain: float) -> float:
        """Seconds that a cycle `gain` times as fast would save in all."""
        return self.cycle_seconds * self.cycles * (1.0 - 1.0 / gain)


def work_left(budget: Budget, state: TrainState, *, images_a_cycle: int, cycle_seconds: float) -> Work:
    """How much of `budget` is left, in cycles of the eager step; the first limit met counts."""
    limits = []
    if budget.images is not None:
        limits.append((budget.images - state.images_seen) / images_a_cycle)
    if budget.seconds is not None:
        limits.append((budget.seconds - state.seconds) / cycle_seconds)
    return Work(cycle_seconds=cycle_seconds, cycles=max(0.0, min(limits)))


def worth_tracing(work: Work, *, seconds: float, gain: float) -> bool:
    """Whether tracing and checking, which take about `seconds`, are earned back."""
    return work.saved_by(gain) > TIMES_OVER * seconds


def tracing_seconds(state: TrainState) -> float:
    """About how long it takes to trace and check both players' steps."""
    layers = sum(1 for module in (state.generator, state.discriminator) for _ in module.modules())
    return SECONDS_TO_TRACE + SECONDS_A_LAYER * layers


def worth_compiling(work: Work, *, operations: int) -> bool:
    """Whether compiling graphs of `operations` in all, on top of tracing them, is earned back."""
    traced = Work(cycle_seconds=work.cycle_seconds / GRAPH_GAIN, cycles=work.cycles)
    return traced.saved_by(COMPILED_GAIN) > TIMES_OVER * (2 * SECONDS_A_STEP + SECONDS_A_NODE * operations)
