"""Images a second of one process and of several, each with one thread, and what the exchange of gradients takes.

    python -m benchmarks.scale --json benchmarks/scale/results/cpu-two-cores.json

For every case: one process; several that share the same batch; several that have a batch of that size each. Rounds are
taken in turns, so that other work on the machine slows all alike, and the fastest round of each counts (the median
stands beside it). The exchange is the time within the averaging of gradients, in which a process also waits for the
slowest other; what is left is its own work.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch import nn

from benchmarks.speed.cases import Case, convolutional, mlp_wgan_gp
from equipoise.core.processes import Processes, joined, processes_here
from equipoise.core.steps import Batch
from equipoise.networks import synchronised
from equipoise.training import step as step_module
from equipoise.training.fused import EagerEngine, Engine, FusedEngine
from equipoise.training.fused.products import faster_products
from equipoise.training.manner import Manner
from equipoise.training.one_pass import judges_alone
from equipoise.training.optimizers import make_optimizer
from equipoise.training.replicas import start_alike
from equipoise.training.state import TrainState, initial_state

CASES = {"mlp": mlp_wgan_gp, "dcgan": partial(convolutional, "dcgan", size=32, penalised=True, width=32)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One case on so many processes. `batch` is that of all together."""

    case: str
    engine: str
    processes: int
    batch: int
    images_a_second: float
    median_images_a_second: float
    exchange_share: float
    exchange_ms_a_cycle: float
    megabytes_a_cycle: float


class Exchange:
    """Averages gradients as the engine does, and keeps count of the time and of the bytes."""

    def __init__(self) -> None:
        self.seconds, self.bytes = 0.0, 0
        self._average = step_module.average_gradients

    def __call__(self, module: nn.Module, processes: Processes) -> None:  # noqa: D102
        began = time.perf_counter()
        self._average(module, processes)
        self.seconds += time.perf_counter() - began
        self.bytes += sum(parameter.numel() * parameter.element_size() for parameter in module.parameters())


def state_of(case: Case, processes: Processes) -> TrainState:
    torch.manual_seed(0)
    generator, discriminator = case.build()
    state = initial_state(
        generator=generator if processes.alone else synchronised(generator),
        discriminator=discriminator if processes.alone else synchronised(discriminator),
        g_optimizer=make_optimizer(generator, case.optimizer),
        d_optimizer=make_optimizer(discriminator, case.optimizer),
        seed=0,
        device=torch.device("cpu"),
        processes=processes,
    )
    start_alike(state)
    return state


def engine_of(kind: str, state: TrainState, case: Case, real: Batch) -> Engine:
    plain = Manner(one_pass=judges_alone(state.discriminator, real))
    if kind == "eager":
        return EagerEngine(manner=plain)
    manner = replace(plain, kind="fused", **asdict(faster_products()))
    engine = FusedEngine(manner, say=lambda line: print(line, file=sys.stderr))
    engine.prepare(state, case.game, real)
    return engine


def work(arguments: argparse.Namespace) -> None:
    """One process of one round; the first prints what was measured."""
    torch.set_num_threads(1)
    processes = processes_here()
    with joined(processes):
        case = CASES[arguments.case](batch=arguments.batch)
        state = state_of(case, processes)
        share = arguments.batch // processes.count
        real = Batch(samples=torch.rand(share, *case.sample_shape) * 2 - 1)
        engine = engine_of(arguments.engine, state, case, real)
        exchange = Exchange()
        step_module.average_gradients = exchange
        cycles, began, stop = -1, time.perf_counter(), False
        while not stop:
            for _ in range(case.game.d_steps):
                engine.discriminator_step(state, case.game, real)
            engine.generator_step(state, case.game, real)
            cycles += 1
            if cycles == 0:  # the first warms up
                began, exchange.seconds, exchange.bytes = time.perf_counter(), 0.0, 0
            passed, stop = processes.agreed(time.perf_counter() - began, False)
            stop = cycles > 0 and passed > arguments.seconds
    if processes.first:
        told = {"images": arguments.batch * case.game.d_steps * cycles / passed, "exchange": exchange.seconds / passed}
        told |= {"cycle_ms": 1000 * passed / cycles, "megabytes": exchange.bytes / cycles / 1e6, "name": case.name}
        print(json.dumps(told))


def measured(case: str, engine: str, processes: int, batch: int, seconds: float) -> dict[str, float]:
    """One round in processes of its own."""
    agent = [
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        str(processes),
        "-m",
        "benchmarks.scale",
    ]
    options = ["--work", "--case", case, "--engine", engine, "--batch", str(batch), "--seconds", str(seconds)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *agent, *options], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def rows(arguments: argparse.Namespace) -> list[Row]:
    made = []
    for case in arguments.cases:
        for engine in arguments.engines:
            count = arguments.processes
            ways = [(1, arguments.batch), (count, arguments.batch), (count, count * arguments.batch)]
            rounds = [
                [measured(case, engine, *way, arguments.seconds) for way in ways] for _ in range(arguments.rounds)
            ]
            for index, (processes, batch) in enumerate(ways):
                found = [told[index] for told in rounds]
                best = max(found, key=lambda told: told["images"])
                made.append(
                    Row(
                        case=str(best["name"]).partition(",")[0],
                        engine=engine,
                        processes=processes,
                        batch=batch,
                        images_a_second=round(best["images"], 1),
                        median_images_a_second=round(statistics.median(told["images"] for told in found), 1),
                        exchange_share=round(best["exchange"], 4),
                        exchange_ms_a_cycle=round(best["exchange"] * best["cycle_ms"], 2),
                        megabytes_a_cycle=round(best["megabytes"] if processes > 1 else 0.0, 2),
                    )
                )
                print(line(made[-1]), flush=True)
    return made


def line(row: Row) -> str:
    return (
        f"{row.case:>16} {row.engine:>6} {row.processes:>2} processes, batch {row.batch:>4}: "
        f"{row.images_a_second:>8,.0f} images/s (median {row.median_images_a_second:,.0f}), exchange "
        f"{row.exchange_share:.1%} = {row.exchange_ms_a_cycle:.1f} ms and {row.megabytes_a_cycle:.1f} MB a cycle"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--engines", nargs="+", default=["eager", "fused"], choices=["eager", "fused"])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments)
        return
    made = rows(arguments)
    if arguments.json is not None:
        machine = {"cpu": platform.processor(), "cores": os.cpu_count(), "torch": torch.__version__}
        machine |= {"load_average_at_the_end": os.getloadavg()}
        content = {"machine": machine, "seconds": arguments.seconds, "rounds": arguments.rounds}
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(content | {"rows": [asdict(row) for row in made]}, indent=2) + "\n")


if __name__ == "__main__":
    main()
