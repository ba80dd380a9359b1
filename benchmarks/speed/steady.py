"""Whether a long run keeps its speed and its memory: one MLP game, played through the loop's own parts.

    python -m benchmarks.speed.steady --steps 50000 --json steady.json

Every cycle does what the training loop does between two looks: schedule, batch, steps, average, and every twentieth a
reading of the signals. Time is that of the thread on the processor, so that other work on the machine does not count;
memory is what the process holds. The exit status is 1 if the last minute is slower than the first, or the memory
larger, by more than the margin.
"""

import argparse
import json
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from equipoise.probes import StepProbe
from equipoise.recipes.assemble import make_plan, make_schedule, make_state
from equipoise.recipes.engine import chosen_engine
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import set_up
from equipoise.training.average import update_average

MARGIN = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Some cycles in a row: the processor's milliseconds for one, by median, and the memory held at their end."""

    steps: int
    cycle_ms: float
    megabytes: float


def played(*, engine: str, steps: int, stretches: int) -> list[Stretch]:
    """`steps` discriminator updates of the recipe `wgan-gp` on digits, in `stretches` of equal length."""
    recipe = chosen_recipe("wgan-gp", "digits", images=10**9, settings={"training.engine": engine})
    setup = set_up(recipe, "digits")
    state, game, feed = make_state(setup.recipe, setup.players), setup.game, setup.feed()
    playing = chosen_engine(setup, state, make_plan(setup.recipe), say=print)
    schedule = make_schedule(setup.recipe, epoch_images=setup.facts.count)
    probe = StepProbe(family=game.objective.family, clip_bound=game.clip_bound)
    cycles, found = steps // (game.d_steps * stretches), []
    for _ in range(stretches):
        times = []
        for _ in range(cycles):
            began = time.process_time()
            schedule.apply(state)
            before = state.images_seen
            for _ in range(game.d_steps):
                real = feed.at(state.images_seen)
                d_record = playing.discriminator_step(state, game, real)
            g_record = playing.generator_step(state, game, real)
            update_average(state, half_life=10_000, images=state.images_seen - before)
            if state.g_updates % 20 == 0:
                probe(state.discriminator, d_record, g_record)
            times.append(time.process_time() - began)
        found.append(
            Stretch(steps=state.d_updates, cycle_ms=1000 * statistics.median(times), megabytes=_resident_megabytes())
        )
        print(f"{found[-1].steps:>8,} steps  {found[-1].cycle_ms:7.2f} ms a cycle  {found[-1].megabytes:6.0f} MB")
    return found


def _resident_megabytes() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("This system does not tell how much memory a process holds (/proc/self/status).")


def main() -> int:
    """Print each stretch, then the last against the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--stretches", type=int, default=10)
    parser.add_argument("--engine", default="fused", choices=("eager", "fused", "compiled"))
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    found = played(engine=arguments.engine, steps=arguments.steps, stretches=arguments.stretches)
    first, last = found[0], found[-1]
    slower, larger = last.cycle_ms / first.cycle_ms - 1.0, last.megabytes / first.megabytes - 1.0
    print(f"Last against first: {slower:+.1%} time a cycle, {larger:+.1%} memory.")
    if arguments.json is not None:
        content = {"engine": arguments.engine, "torch": torch.__version__, "stretches": [asdict(one) for one in found]}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return int(slower > MARGIN or larger > MARGIN)


if __name__ == "__main__":
    raise SystemExit(main())
