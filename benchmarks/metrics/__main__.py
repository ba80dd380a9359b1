"""How long do the metrics take, and how much memory?

    python -m benchmarks.metrics --count 10000 --features 128,2048

Measures precision, recall, density and coverage, the kernel distance and the Fréchet distance of as many normally
distributed reals and fakes. Prints seconds on the clock, seconds of processor time over all threads (on a busy machine
the smaller number), and the most memory that the process has taken until then.
"""

import argparse
import resource
import time
from collections.abc import Callable

import torch

from equipoise.metrics import Moments, frechet_distance, kernel_distance, precision_recall_density_coverage

MEASURES: dict[str, Callable[[torch.Tensor, torch.Tensor], object]] = {
    "prdc": precision_recall_density_coverage,
    "kid": kernel_distance,
    "fid": lambda real, fake: frechet_distance(Moments.of(real), Moments.of(fake)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--features", default="128,2048")
    options = parser.parse_args()
    print(f"{options.count:,} reals and as many fakes, {torch.get_num_threads()} threads")
    for width in map(int, options.features.split(",")):
        rng = torch.Generator().manual_seed(0)
        real, fake = (torch.randn(options.count, width, dtype=torch.float64, generator=rng) for _ in range(2))
        for name, measure in MEASURES.items():
            print(line(name, width, measure, real, 0.9 * fake), flush=True)


def line(
    name: str,
    width: int,
    measure: Callable[[torch.Tensor, torch.Tensor], object],
    real: torch.Tensor,
    fake: torch.Tensor,
) -> str:
    """One measurement."""
    clock, processor = time.perf_counter(), time.process_time()
    measure(real, fake)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"{name:<5}{width:>6} features  {clock:6.1f} s on the clock  {processor:6.1f} s of processor  {peak:5.2f} GiB"
    )


if __name__ == "__main__":
    main()
