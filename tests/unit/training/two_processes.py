"""What each of two processes does for `test_processes.py`: every case once, its result to a JSON file of its own."""

import copy
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

import equipoise as eq
from equipoise.constraints import CONSTRAINTS, PenaltyTerm, constraint, spectral_norm
from equipoise.core.errors import EquipoiseError, ReplicasDiffer
from equipoise.core.exchange import apart
from equipoise.core.processes import ALONE, Processes, joined, processes_here
from equipoise.core.steps import Batch, DiscriminatorRecord, PenaltyRecord
from equipoise.metrics import FeatureMoments
from equipoise.metrics.merging import merged_over_processes
from equipoise.networks import (
    DiscriminatorSpec,
    GeneratorSpec,
    build_discriminator,
    build_generator,
    synchronised,
)
from equipoise.objectives import OBJECTIVES, objective
from equipoise.training.fused import EagerEngine, Engine, FusedEngine
from equipoise.training.fused.check import largest_error
from equipoise.training.fused.draws import Noting, Telling
from equipoise.training.game import Game
from equipoise.training.manner import Manner
from equipoise.training.optimizers import OptimizerSettings, make_optimizer
from equipoise.training.records import gathered_records
from equipoise.training.replicas import average_gradients, require_alike
from equipoise.training.state import TrainState, initial_state
from equipoise.training.step import joined_discriminator_records

LATENT, BATCH, CLASSES, CYCLES = 3, 8, 3, 2
FLAT_G = GeneratorSpec(architecture="mlp", sample_shape=(2,), latent_dim=LATENT, hidden=(6,), normalisation="none")
FLAT_D = DiscriminatorSpec(architecture="mlp", sample_shape=(2,), hidden=(6, 5))
IMAGE = {"architecture": "dcgan", "hidden": None, "sample_shape": (1, 16, 16), "width": 2}
LABELS = {"classes": CLASSES}
Pair = tuple[nn.Module, nn.Module]
Results = dict[str, object]


def pair(generator: dict | None = None, discriminator: dict | None = None, *, spectral: bool = False) -> Pair:
    torch.manual_seed(0)
    g = build_generator(replace(FLAT_G, **(generator or {})))
    d = build_discriminator(replace(FLAT_D, **(discriminator or {})))
    return g, spectral_norm(d) if spectral else d


def game(name: str, *penalties: str, every: int = 1, **rules) -> Game:
    terms = tuple(PenaltyTerm(penalty=constraint(penalty), weight=2.0, every=every) for penalty in penalties)
    return Game(objective=objective(name), latent_dim=LATENT, penalties=terms, d_steps=2, **rules)


def step_cases() -> dict[str, tuple[Pair, Game]]:
    """Every objective with every penalty, then what else a step may hold."""
    cases = {
        f"{name} {penalty}".strip(): (pair(), game(name, *([penalty] if penalty else [])))
        for name in OBJECTIVES
        for penalty in ("", *CONSTRAINTS)
    }
    batch_norm = {**IMAGE, "normalisation": "batch"}
    labelled = pair({"conditioning": "embedding", **LABELS}, {"conditioning": "projection", **LABELS})
    hold = pair()
    next(hold[1].parameters()).requires_grad_(False)
    return cases | {
        "two penalties": (pair(), game("relativistic", "r1", "r2")),
        "lazy r1": (pair(), game("non_saturating", "r1", every=2)),
        "accumulation": (pair(), game("wasserstein", "gradient_penalty", micro_batches=2)),
        "mode seeking": (pair(), game("hinge", mode_seeking_weight=0.5)),
        "clipped": (pair(), game("wasserstein", clip_bound=0.1)),
        "spectral norm": (pair(spectral=True), game("hinge")),
        "spectral norm with a penalty": (pair(spectral=True), game("hinge", "r1")),
        "dropout": (pair(None, {"dropout": 0.3}), game("non_saturating")),
        "packing": (pair(None, {"packing": 2}), game("hinge")),
        "labels": (labelled, game("hinge", "r1")),
        "a frozen layer": (hold, game("hinge")),
        "dcgan": (pair({**IMAGE, "normalisation": "none"}, IMAGE), game("wasserstein", "gradient_penalty")),
        "dcgan batch norm": (pair(batch_norm, batch_norm), game("non_saturating")),
        "dcgan batch norm under a penalty": (pair(batch_norm, batch_norm), game("wasserstein", "gradient_penalty")),
        "mlp batch norm and labels": (
            pair(
                {"normalisation": "batch", "conditioning": "projection", **LABELS},
                {"normalisation": "batch", "conditioning": "projection", **LABELS},
            ),
            game("relativistic"),
        ),
    }


FUSED = ("wasserstein gradient_penalty", "relativistic r1", "lazy r1", "accumulation", "dcgan", "spectral norm")
"""Cases that the fused engine plays as well."""


def state_of(players: Pair, processes: Processes) -> TrainState:
    generator, discriminator = (copy.deepcopy(player).double().train() for player in players)
    settings = OptimizerSettings(learning_rate=0.01)
    return initial_state(
        generator=generator if processes.alone else synchronised(generator),
        discriminator=discriminator if processes.alone else synchronised(discriminator),
        g_optimizer=make_optimizer(generator, settings),
        d_optimizer=make_optimizer(discriminator, settings),
        seed=0,
        device=torch.device("cpu"),
        processes=processes,
    )


def real_batches(players: Pair) -> list[Batch]:
    rng = torch.Generator().manual_seed(3)
    generator = players[0].eval()
    labels = torch.randint(CLASSES, (BATCH,), generator=rng) if getattr(generator, "classes", 0) else None
    with torch.no_grad():
        like = generator(torch.zeros(BATCH, LATENT), *([] if labels is None else [labels]))
    generator.train()
    shape = (BATCH, *like.shape[1:])
    return [Batch(samples=torch.randn(shape, generator=rng).double(), labels=labels) for _ in range(CYCLES)]


def played(state: TrainState, rules: Game, engine: Engine, batches: list[Batch], draws: Callable) -> list[Tensor]:
    """All gradients as they were applied, then all weights and statistics."""
    seen: list[Tensor] = []
    for real in batches:
        for play, player in [(engine.discriminator_step, "discriminator")] * 2 + [(engine.generator_step, "generator")]:
            with draws():
                play(state, rules, real)
            parameters = getattr(state, player).parameters()
            seen += [parameter.grad.clone() for parameter in parameters if parameter.grad is not None]
    return [*seen, *state.generator.state_dict().values(), *state.discriminator.state_dict().values()]


def shares(numbers: list[Tensor], parts: int, processes: Processes) -> list[Tensor]:
    """This process's part of one step's random numbers, which come in `parts` micro-batches, in their order."""
    each = len(numbers) // parts
    whole = [torch.cat([numbers[part * each + index] for part in range(parts)]) for index in range(each)]
    mine = [processes.share(drawn).chunk(parts) for drawn in whole]
    return [mine[index][part].clone() for part in range(parts) for index in range(each)]


def step_error(players: Pair, rules: Game, processes: Processes, *, fused: bool) -> float:
    """How far two processes are from one that plays the whole batch with the same random numbers."""
    torch.set_default_dtype(torch.float64)
    batches, noted = real_batches(tuple(player.double() for player in players)), []

    def noting() -> Noting:
        noted.append(Noting())
        return noted[-1]

    with apart():
        expected = played(state_of(players, ALONE), rules, EagerEngine(), batches, noting)
    left = iter([shares(mode.numbers, rules.micro_batches, processes) for mode in noted])
    state = state_of(players, processes)
    mine = [
        Batch(
            samples=processes.share(real.samples), labels=None if real.labels is None else processes.share(real.labels)
        )
        for real in batches
    ]
    engine: Engine = EagerEngine()
    if fused:
        engine = FusedEngine(Manner(kind="fused"), say=refuse)
        engine.prepare(state, rules, mine[0])
    found = played(state, rules, engine, mine, lambda: Telling(next(left)))
    assert state.images_seen == 2 * CYCLES * BATCH
    require_alike(state)
    torch.set_default_dtype(torch.float32)
    return largest_error(found, expected)


def refuse(line: str) -> None:
    raise AssertionError(line)


def error_of(act: Callable[[], object]) -> list[str]:
    try:
        act()
    except EquipoiseError as error:
        return [type(error).__name__, str(error)]
    return ["none", ""]


def missing_gradients(processes: Processes) -> list[object]:
    """Of three weights both have a gradient, one has, none has."""
    layer = nn.ParameterList([torch.zeros(2), torch.zeros(2), torch.zeros(2)])
    layer[0].grad = torch.full((2,), float(processes.rank))
    if processes.rank == 1:
        layer[1].grad = torch.tensor([4.0, 8.0])
    average_gradients(layer, processes)
    return [None if weight.grad is None else weight.grad.tolist() for weight in layer]


def drifted(processes: Processes, player: str) -> list[str]:
    state = state_of(pair(), processes)
    if processes.rank == 1:
        next(getattr(state, player).parameters()).data[0] += 1e-12
    return error_of(lambda: require_alike(state))


def merged(processes: Processes) -> float:
    features = torch.randn(40, 5, generator=torch.Generator().manual_seed(0)).double()
    whole, mine = FeatureMoments(), FeatureMoments()
    whole.update(features)
    mine.update(processes.share(features))
    together = merged_over_processes(mine, processes).compute()
    return largest_error([together.mean, together.scatter], [whole.compute().mean, whole.compute().scatter])


def seen_by_all(processes: Processes) -> list[object]:
    """Each process has seen its own rank in every number."""
    own = torch.full((2,), float(processes.rank))
    penalty = PenaltyRecord(name="r1", value=own[0], gradient_norm=own[1])
    record = DiscriminatorRecord(real_logits=own, fake_logits=-own, loss=own[0], penalties=(penalty,))
    whole = joined_discriminator_records(gathered_records(record, processes))
    return [whole.real_logits.tolist(), whole.fake_logits.tolist(), float(whole.loss), float(whole.penalties[0].value)]


def values(processes: Processes) -> Results:
    def broken() -> None:
        raise ReplicasDiffer("only the first says this")

    return {
        "missing gradients": missing_gradients(processes),
        "agreed": list(processes.agreed(10.0 + processes.rank, processes.rank == 1)),
        "from first": processes.from_first(lambda: processes.rank),
        "first fails": error_of(lambda: processes.from_first(broken)),
        "alike": error_of(lambda: require_alike(state_of(pair(), processes))),
        "drifted": drifted(processes, "generator"),
        "metrics": merged(processes),
        "record": seen_by_all(processes),
        "latents": float(torch.randn(1, generator=state_of(pair(), processes).rng)),
    }


# ---- whole runs

SMALL = {"training.batch_size": 16, "training.trackers": [], "training.read_every": 1, "training.looks": 2}
NARROW = {"generator.width": 8, "discriminator.width": 8, "data.size": 16}
GAME = {"generator.hidden": [16], "discriminator.hidden": [16]}
RUNS = {"gan": GAME, "cgan": NARROW}


def next_meeting() -> None:
    """Each session meets at a port of its own, as after a restart."""
    os.environ["MASTER_PORT"] = str(int(os.environ["MASTER_PORT"]) + 1)


def train(folder: Path, recipe: str, *, images: int | None = None, seconds: float | None = None, **changes) -> object:
    next_meeting()
    return eq.train(
        "digits",
        recipe=recipe,
        out=folder,
        images=images,
        seconds=seconds,
        settings=SMALL | RUNS[recipe] | changes,
        show_progress=False,
    )


def runs(folder: Path, processes: Processes) -> Results:
    results: Results = {}
    for recipe in RUNS:
        engine = {"training.engine": "fused" if recipe == "gan" else "auto"}
        train(folder / f"{recipe}-whole", recipe, images=20 * 16, **engine)
        train(folder / f"{recipe}-parts", recipe, images=10 * 16, **engine)
        torch.manual_seed(12345)
        next_meeting()
        eq.resume(folder / f"{recipe}-parts", images=20 * 16, show_progress=False)
    odd = {"training.batch_size": 15}
    next_meeting()
    results["one goes on as two"] = eq.resume(folder / "one", images=20 * 16, show_progress=False).finished
    results["odd batch"] = error_of(lambda: train(folder / "odd", "gan", images=160, **odd))
    results["taken"] = error_of(lambda: train(folder / "gan-whole", "gan", images=160))
    if processes.rank == 1:  # one process alone is asked to stop
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGTERM)).start()
    results["stopped"] = train(folder / "stopped", "gan", seconds=100.0).finished
    wild = {"training.read_every": 1, "generator.learning_rate": 1e30, "discriminator.learning_rate": 1e30}
    results["diverged"] = error_of(lambda: train(folder / "diverged", "gan", images=1600, **wild))
    return results


def lost(folder: Path, processes: Processes) -> list[str]:
    """The second process ends without a word."""
    if processes.rank == 1:
        threading.Timer(1.0, os._exit, (0,)).start()
    return error_of(lambda: train(folder / "lost", "gan", seconds=100.0))


def threads_of_the_exchange() -> list[str]:
    """By the names that gloo and PyTorch give them; Linux tells names."""
    names = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    return [name for name in names if "gloo" in name]


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    processes = processes_here()
    results: Results = {}

    def write() -> None:
        (folder / f"results-{processes.rank}.json").write_text(json.dumps(results))

    with joined(processes):
        results["values"] = values(processes)
        for name, (players, rules) in step_cases().items():
            for fused in (False, True)[: 1 + (name in FUSED)]:
                results[f"{name}, fused" if fused else name] = step_error(players, rules, processes, fused=fused)
        results["threads within"] = threads_of_the_exchange()
    results["threads after"] = threads_of_the_exchange()
    write()
    results |= runs(folder, processes)
    write()
    results["lost"] = lost(folder, processes)
    write()
    os._exit(0)  # the other has gone; nothing is left to be tidied


if __name__ == "__main__":
    main(Path(sys.argv[1]))
