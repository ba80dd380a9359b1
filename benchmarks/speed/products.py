"""The products of a penalised critic's step by PyTorch (MKL), by oneDNN and by our own kernels: speed and rounding.

    python -m benchmarks.speed.products --batch 64

The best of many calls in turns. On one thread the time on the processor counts, so that other work on the machine slows
it little; on several the time that passes. Errors are relative, against float64.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from equipoise.training.fused import products

Multiply = Callable[[Tensor, Tensor], Tensor]
WAYS: dict[str, Multiply] = {
    "mkl": torch.mm,
    "onednn": partial(torch.ops.equipoise.product, bias=None),
    "dense": partial(torch.ops.equipoise.dense_product, bias=None),
}


def critic_products(batch: int) -> dict[str, tuple[Tensor, Tensor]]:
    """Those of the MLP WGAN-GP (784-512-256-1, generator 100-256-512-784), one of each shape, by name."""
    rows = partial(torch.randn, generator=torch.Generator().manual_seed(0))

    def columns(height: int, width: int) -> Tensor:
        return rows(width, height).t()

    return {
        "generator, forwards, 256 to 512": (rows(batch, 256), columns(256, 512)),
        "generator, forwards, 512 to 784": (rows(batch, 512), columns(512, 784)),
        "critic, forwards, 784 to 512": (rows(2 * batch, 784), columns(784, 512)),
        "critic, forwards, 512 to 256": (rows(2 * batch, 512), columns(512, 256)),
        "penalty, to samples, 256 to 512": (rows(batch, 256), rows(256, 512)),
        "penalty, to samples, 512 to 784": (rows(batch, 512), rows(512, 784)),
        "penalty, forwards, 784 to 512": (rows(batch, 784), columns(784, 512)),
        "to the weight, 512 x 784": (columns(512, 3 * batch), rows(3 * batch, 784)),
        "to the weight, 256 x 512": (columns(256, 3 * batch), rows(3 * batch, 512)),
    }


def gigaflops(left: Tensor, right: Tensor, *, calls: int) -> dict[str, float]:
    """Operations a second in the best of `calls` calls of each way, in units of 10^9."""
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    best = dict.fromkeys(WAYS, float("inf"))
    for _ in range(calls):
        for way, multiply in WAYS.items():
            began = clock()
            multiply(left, right)
            best[way] = min(best[way], clock() - began)
    operations = 2 * left.numel() * right.shape[1]
    return {way: operations / seconds / 1e9 for way, seconds in best.items()}


def error(multiply: Multiply, left: Tensor, right: Tensor) -> float:
    """Relative, of the whole product."""
    exact = left.double() @ right.double()
    return float((multiply(left, right) - exact).norm() / exact.norm())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--calls", type=int, default=150)
    arguments = parser.parse_args()
    print(f"{torch.get_num_threads()} threads; on this machine faster: {products.faster_products()}")
    print("| product | GFLOP/s: " + ", ".join(WAYS) + " | error: " + ", ".join(WAYS) + " |\n|---|---|---|")
    for name, (left, right) in critic_products(arguments.batch).items():
        speeds = ", ".join(f"{speed:.0f}" for speed in gigaflops(left, right, calls=arguments.calls).values())
        errors = ", ".join(f"{error(multiply, left, right):.1e}" for multiply in WAYS.values())
        print(f"| {name} | {speeds} | {errors} |", flush=True)


if __name__ == "__main__":
    main()
