"""Of a small dense game's step, the parts beside its products: PyTorch's way and ours, in turns.

    python -m benchmarks.speed.parts

Milliseconds, best and median of many calls. On one thread (`OMP_NUM_THREADS=1`) the time of the thread on the processor
counts, so that other work on the machine slows it little; on several the time that passes. The sizes are those of the
MLP GAN at batch 64; the last two lines are whole cycles of one with layers of 16 at batch 8, which has hardly any
arithmetic.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch

from benchmarks.speed.cases import Case, mlp_gan
from benchmarks.speed.players import cycle_of
from equipoise.networks import DiscriminatorSpec, GeneratorSpec, build_discriminator, build_generator
from equipoise.training.fused import products, words
from equipoise.training.fused.adam import adam_step
from equipoise.training.fused.draws import Draw
from equipoise.training.optimizers import make_optimizer

WORDS, VALUES = 16_384, 65_536
"""Of 64 bits, each of four values of a mask; and values: 64 samples of a layer of 1,024."""

Call = Callable[[], object]


def words_drawn() -> dict[str, Call]:
    blank = ((WORDS,), (1,), torch.int64, torch.device("cpu"))
    operator, whole_range = getattr(torch.ops.aten.random_, "from"), (-(2**63), None)
    draw = Draw(operator=operator, arguments=whole_range, options={}, template=blank)
    return {"PyTorch": draw.numbers, "ours": lambda: words.numbers_of([draw])}


def masks_compared() -> dict[str, Call]:
    values = torch.randint(-(2**15), 2**15, (VALUES,), dtype=torch.int16)
    compare = torch.ops.equipoise.at_least
    return {"PyTorch": lambda: (values >= 9).to(torch.float32), "ours": lambda: compare(values, 9)}


def adam_made() -> dict[str, Call]:
    case = mlp_gan()
    players = [case.build()[1] for _ in range(2)]
    for player in players:
        for parameter in player.parameters():
            parameter.grad = torch.randn_like(parameter)
    theirs, ours = (make_optimizer(player, case.optimizer) for player in players)
    return {"PyTorch": theirs.step, "ours": lambda: adam_step(ours)}


def adam_after_a_product() -> dict[str, Call]:
    """Both in a row take longer than their sum where one core waits for what another has read."""
    weight = torch.nn.Parameter(torch.randn(512, 784) * 0.01)
    weight.grad, slopes = torch.randn_like(weight), torch.randn(64, 512)
    optimizer = torch.optim.Adam([weight], lr=1e-4, fused=True)

    def product() -> None:
        torch.ops.equipoise.dense_product(slopes, weight.detach(), None)

    def both() -> None:
        product()
        adam_step(optimizer)

    return {"the product alone": product, "both in a row": both, "Adam alone": lambda: adam_step(optimizer)}


def tiny_cycles() -> dict[str, Call]:
    case = _tiny()
    return {way: cycle_of(case, way, device=torch.device("cpu"), say=print) for way in ("eager", "compiled")}


def _tiny() -> Case:
    shape = (1, 4, 4)

    def build() -> tuple[torch.nn.Module, torch.nn.Module]:
        generator = GeneratorSpec(architecture="mlp", sample_shape=shape, latent_dim=16, hidden=(16, 16))
        discriminator = DiscriminatorSpec(architecture="mlp", sample_shape=shape, hidden=(16, 16), dropout=0.3)
        return build_generator(generator), build_discriminator(discriminator)

    case = mlp_gan(batch=8)
    return replace(case, build=build, sample_shape=shape, game=replace(case.game, latent_dim=16))


def milliseconds(ways: dict[str, Call], *, calls: int) -> dict[str, tuple[float, float]]:
    """Best and median of `calls` calls of each way, taken in turns after some that are not counted."""
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    times: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(calls + 10):
        for way, call in ways.items():
            began = clock()
            call()
            if turn >= 10:
                times[way].append(1000 * (clock() - began))
    return {way: (min(found), statistics.median(found)) for way, found in times.items()}


PARTS = {
    f"{WORDS:,} random words": words_drawn,
    f"{VALUES:,} values of a mask compared": masks_compared,
    "Adam's step over a discriminator": adam_made,
    "a product with 512 x 784 weights, then Adam's step over them": adam_after_a_product,
    "a cycle with hardly any arithmetic": tiny_cycles,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300)
    arguments = parser.parse_args()
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}; {products.faster_products()}")
    print("| part | way | best | median |\n|---|---|---|---|")
    for part, make in PARTS.items():
        for way, (best, median) in milliseconds(make(), calls=arguments.calls).items():
            print(f"| {part} | {way} | {best:.3f} | {median:.3f} |", flush=True)


if __name__ == "__main__":
    main()
