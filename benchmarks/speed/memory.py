"""The most memory that a way of playing takes, each measured in a process of its own.

python -m benchmarks.speed.memory dcgan fused
"""

import resource
import subprocess
import sys
from pathlib import Path

import torch

from benchmarks.speed.cases import growth, table
from benchmarks.speed.players import cycle_of


def megabytes(case: str, way: str, *, device: str) -> float:
    """Of a process that plays two cycles: what it took beyond what PyTorch takes before the first."""
    command = [sys.executable, "-m", "benchmarks.speed.memory", case, way, device]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return float(done.stdout.splitlines()[-1])


def _own(case: str, way: str, device: torch.device) -> float:
    before = _peak(device)
    cycle = cycle_of((table() | growth())[case], way, device=device, say=lambda _: None)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    for _ in range(2):
        cycle()
    return _peak(device) - before


def _peak(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024  # ru_maxrss begins, on Linux, at what the process had that started this one


if __name__ == "__main__":
    print(_own(sys.argv[1], sys.argv[2], torch.device(sys.argv[3])))
