"""Each convolution of the table's games, direct by oneDNN and by Winograd, forwards and to either side.

    python -m benchmarks.speed.convolutions

Both are given pictures channels last. Median milliseconds over turns, each a warm block of four; the error is that
against the direct convolution in float64, for a batch of 32.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial

import torch
from torch import Tensor

from equipoise.training.fused.winograd import kernels

LAYERS = {  # inputs, their side, outputs, kernel, stride
    "DCGAN, 32 to 16": (64, 32, 128, 4, 2),
    "DCGAN, 16 to 8": (128, 16, 256, 4, 2),
    "DCGAN, 8 to 4": (256, 8, 512, 4, 2),
    "ResNet, 32": (128, 32, 128, 3, 1),
    "ResNet, 16": (128, 16, 128, 3, 1),
    "ResNet, 8": (128, 8, 128, 3, 1),
}
BLOCK, SECONDS = 4, 0.5
Ways = Mapping[str, Callable[[], Tensor]]


def forms(batch: int, name: str) -> tuple[dict[str, Ways], dict[str, Tensor]]:
    """The two ways of each form, and what it is in float64."""
    inputs, side, outputs, kernel, stride = LAYERS[name]
    samples = _pictures(batch, inputs, side)
    slope = _pictures(batch, outputs, side // stride)
    weight = torch.randn(outputs, inputs, kernel, kernel) * 0.05
    ours = torch.ops.equipoise
    ways: dict[str, Ways] = {
        "forwards": {
            "direct": partial(torch.conv2d, samples, weight, None, stride, 1),
            "winograd": partial(ours.winograd, samples, weight, stride, 1),
        },
        "to samples": {
            "direct": partial(_backward, slope, samples, weight, stride, 0),
            "winograd": partial(ours.winograd_to_samples, slope, weight, [side, side], stride, 1),
        },
        "to weight": {
            "direct": partial(_backward, slope, samples, weight, stride, 1),
            "winograd": partial(ours.winograd_to_weight, slope, samples, kernel, stride, 1),
        },
    }
    x, w, y = samples.double(), weight.double(), slope.double()
    exact = [torch.conv2d(x, w, None, stride, 1), *(_backward(y, x, w, stride, wanted) for wanted in (0, 1))]
    return ways, dict(zip(ways, exact, strict=True))


def _pictures(batch: int, channels: int, side: int) -> Tensor:
    return torch.randn(batch, channels, side, side).contiguous(memory_format=torch.channels_last)


def _backward(slope: Tensor, samples: Tensor, weight: Tensor, stride: int, wanted: int) -> Tensor:
    mask = [wanted == 0, wanted == 1, False]
    settings = (None, [stride, stride], [1, 1], [1, 1], False, [0, 0], 1, mask)
    gradient: Tensor = torch.ops.aten.convolution_backward(slope, samples, weight, *settings)[wanted]
    return gradient


def milliseconds(ways: Ways) -> dict[str, float]:
    """The median of each, in turns; the first of each turn does not count."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for name, run in ways.items():
            run()
            for _ in range(BLOCK):
                began = time.perf_counter()
                run()
                times[name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    """Print the table."""
    torch.manual_seed(0)
    kernels()
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, batch 64")
    print(
        "| layer | form | direct ms | winograd ms | times faster | error, direct | error, winograd |\n"
        + "|---" * 7
        + "|"
    )
    for name in LAYERS:
        small, exact = forms(32, name)
        for form, ways in forms(64, name)[0].items():
            ms = milliseconds(ways)
            direct, winograd = (
                float((run().double() - exact[form]).norm() / exact[form].norm()) for run in small[form].values()
            )
            print(
                f"| {name} | {form} | {ms['direct']:.1f} | {ms['winograd']:.1f} | {ms['direct'] / ms['winograd']:.2f} "
                f"| {direct:.1e} | {winograd:.1e} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
