"""What the doctor costs: the share of training time that goes to probes and rules.

    python -m benchmarks.doctor.overhead --json overhead.json

For each recipe, stretches of plain training and whole probes (both halves, the rules included) take turns in one
process. The share is that of one probe in an interval of `training.probe_every` generator updates. The rules see a
history as long as that of a run of 100,000 generator updates, since they take longer the more has been seen.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from equipoise.recipes.assemble import make_state
from equipoise.recipes.doctor import RunDoctor
from equipoise.recipes.facts import facts_of
from equipoise.recipes.presets import PRESETS
from equipoise.recipes.probe import RunProbe, run_probe
from equipoise.recipes.session import chosen_recipe
from equipoise.recipes.setup import Setup, set_up
from equipoise.training.state import TrainState
from equipoise.training.step import discriminator_step, generator_step

LIMIT = 0.05
UPDATES_BEFORE = 100_000
SMALLEST_CONVOLUTIONAL = 16
"""Pixels; the digits are enlarged to it for the recipe that insists on convolutions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Medians in milliseconds, and the share of time at an interval of `every` generator updates."""

    recipe: str
    networks: str
    cycle_ms: float
    probe_ms: float
    rules_ms: float
    every: int
    share: float


def measured(recipe: str, data: str, *, device: str, repeats: int) -> Cost:
    size = {"data.size": SMALLEST_CONVOLUTIONAL} if recipe == "dcgan" and data == "digits" else {}
    chosen = chosen_recipe(recipe, data, images=10_000, settings={"training.device": device, **size})
    setup = set_up(chosen, data)
    state, probe, doctor = make_state(setup.recipe, setup.players), run_probe(setup), _doctor(setup)
    cycle = _cycle_of(setup, state)
    reading = _probed(state, probe, cycle)
    _fill(doctor, reading, every=setup.recipe.training.probe_every, read_every=setup.recipe.training.read_every)
    stretch = max(1, round(0.25 / _seconds(cycle, state)))
    cycles, probes, rules = [], [], []
    for look in range(repeats):
        cycles.append(_seconds(lambda: [cycle() for _ in range(stretch)], state) / stretch)
        probes.append(_seconds(lambda: _probed(state, probe, lambda: None), state))
        doctor.hear(10**9 + look, reading)
        rules.append(_seconds(doctor.consult, state))
    medians = [1000 * statistics.median(times) for times in (cycles, probes, rules)]
    every = setup.recipe.training.probe_every
    cost = medians[1] + medians[2]
    return Cost(
        recipe=recipe,
        networks=f"{setup.recipe.discriminator.architecture}, {setup.facts.sample_shape[-1]} pixels",
        cycle_ms=medians[0],
        probe_ms=medians[1],
        rules_ms=medians[2],
        every=every,
        share=cost / (cost + every * medians[0]),
    )


def _cycle_of(setup: Setup, state: TrainState) -> Callable[[], None]:
    feed = setup.feed()

    def cycle() -> None:
        for _ in range(setup.game.d_steps):
            real = feed.at(state.images_seen)
            discriminator_step(state, setup.game, real)
        generator_step(state, setup.game, real)

    return cycle


def _probed(state: TrainState, probe: RunProbe, cycle: Callable[[], None]) -> dict[str, float]:
    finish = probe(state)
    cycle()
    return finish()


def _doctor(setup: Setup) -> RunDoctor:
    return RunDoctor(facts_of(setup), planned=None)


def _fill(doctor: RunDoctor, reading: Mapping[str, float], *, every: int, read_every: int) -> None:
    """As many looks as a long run has, each a little different from the one before."""
    rng = torch.Generator().manual_seed(0)
    for update in range(0, UPDATES_BEFORE, read_every):
        looked = [name for name in reading if update % every == 0 or not name.startswith(("samples", "lipschitz"))]
        noise = (1 + 0.05 * torch.randn(len(looked), generator=rng)).tolist()
        if update % every == 0:
            doctor.hear(update, {name: reading[name] * factor for name, factor in zip(looked, noise, strict=True)})
        else:
            names = ("loss/generator", "loss/discriminator", "logits/real", "logits/fake", "separation/ranking")
            doctor.hear(update, dict(zip(names, noise, strict=False)))


def _seconds(action: Callable[[], object], state: TrainState) -> float:
    _wait(state)
    began = time.perf_counter()
    action()
    _wait(state)
    return time.perf_counter() - began


def _wait(state: TrainState) -> None:
    if state.device.type == "cuda":
        torch.cuda.synchronize(state.device)


def _table(costs: list[Cost]) -> str:
    lines = ["| recipe | networks | cycle ms | probe ms | rules ms | every | share |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {cost.recipe} | {cost.networks} | {cost.cycle_ms:.1f} | {cost.probe_ms:.1f} | {cost.rules_ms:.1f} "
        f"| {cost.every} | {cost.share:.1%} |"
        for cost in costs
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the table; the status is 1 if any share is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="digits", help="anything `equipoise train --data` takes")
    parser.add_argument("--recipes", nargs="+", default=list(PRESETS), choices=list(PRESETS))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    costs = [
        measured(recipe, arguments.data, device=arguments.device, repeats=arguments.repeats)
        for recipe in arguments.recipes
    ]
    print(_table(costs))
    print(f"\nLargest share {max(cost.share for cost in costs):.1%}, limit {LIMIT:.0%}.")
    if arguments.json is not None:
        where = {"torch": torch.__version__, "machine": platform.machine(), "threads": torch.get_num_threads()}
        content = {**where, "device": arguments.device, "data": arguments.data, "costs": [asdict(c) for c in costs]}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return int(any(cost.share > LIMIT for cost in costs))


if __name__ == "__main__":
    raise SystemExit(main())
