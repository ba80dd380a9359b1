"""Timing in turns, counting operations, and the machine's own limit."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from equipoise.training.fused.winograd import WINOGRAD, operations_of_direct

Cycle = Callable[[], object]
Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "processor": time.process_time}
FEWEST_ROUNDS = 5
TURN_SECONDS = 0.25


def in_turns(
    cycles: Mapping[str, Cycle], *, seconds: float, device: torch.device, clock: Clock = time.perf_counter
) -> dict[str, list[float]]:
    """Seconds a cycle of each, turn after turn, so that a busy machine slows all alike.

    A turn is as many cycles as fit into `TURN_SECONDS`, at least one, after one that is not counted: in a run too, a
    step finds in the caches what the step before left there, and not what another game did.
    """
    times: dict[str, list[float]] = {name: [] for name in cycles}
    lengths = {name: max(1, round(TURN_SECONDS / _warm_seconds(cycle, device))) for name, cycle in cycles.items()}
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(next(iter(times.values()))) < FEWEST_ROUNDS:
        for name, cycle in cycles.items():
            if lengths[name] > 1:
                cycle()
            times[name].append(_timed(cycle, device, clock, times=lengths[name]))
    return times


def _warm_seconds(cycle: Cycle, device: torch.device) -> float:
    _timed(cycle, device, time.perf_counter)
    return _timed(cycle, device, time.perf_counter)


def ratios(slow: list[float], fast: list[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile of how many times faster `fast` was, round by round."""
    each = [a / b for a, b in zip(slow, fast, strict=True)]
    low, middle, high = statistics.quantiles(each, n=4)
    return low, middle, high


def operations(cycle: Cycle) -> int:
    """Floating-point operations of matrix products and convolutions, derivatives of both orders included.

    A convolution counts as a direct one however it is computed, so that a share of the peak may exceed all of it.
    """
    with _Counting() as counting:
        cycle()
    return counting.total


class _Counting(TorchDispatchMode):
    """PyTorch's formulas without PyTorch's own counter, whose hooks refuse a gradient of a gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        packet = func.overloadpacket
        if packet in flop_registry:
            self.total += flop_registry[packet](*args, **(kwargs or {}), out_val=result)
        elif packet in (torch.ops.equipoise.product, torch.ops.equipoise.dense_product):
            self.total += 2 * result.numel() * args[0].shape[1]
        elif func in WINOGRAD:
            self.total += operations_of_direct(func, args, result)
        return result


def peak(device: torch.device, *, size: int = 1536, repeats: int = 20, clock: Clock = time.perf_counter) -> float:
    """Operations a second of the best large float32 product that this machine was seen to do."""
    a, b = (torch.rand(size, size, device=device) for _ in range(2))
    ways: list[Cycle] = [lambda: a @ b]
    if device.type == "cpu":
        ways.append(lambda: torch.ops.equipoise.product(a, b, None))
    best = min(_timed(way, device, clock) for way in ways for _ in range(repeats))
    return 2 * size**3 / best


def _timed(cycle: Cycle, device: torch.device, clock: Clock, *, times: int = 1) -> float:
    """Seconds of one of so many cycles in a row."""
    _wait(device)
    began = clock()
    for _ in range(times):
        cycle()
    _wait(device)
    return (clock() - began) / times


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
