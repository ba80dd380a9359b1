"""Making runs: plays a planned run under the doctor's eye and writes down everything that it would judge by."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import torch

import equipoise as eq
from benchmarks.doctor.loop import Loop, new_loop, train
from benchmarks.doctor.outcome import LOOKS, Examiner, Quality
from benchmarks.doctor.plan import Run
from benchmarks.doctor.record import Learned, Record, place, written
from benchmarks.doctor.samples import HELD_OUT, as_fed, held_out_reals, training_reals
from equipoise.core.randomness import seeded_generator
from equipoise.watching import Watch

WATCH_LOOKS = 50


def made(run: Run, data: Path) -> Record:
    """Play that run, watched as a user would watch a loop of his own."""
    began = time.process_time()
    reals = training_reals(run.before, run.seed, data)
    loop = new_loop(run.before, reals, run.seed)
    watch = _watch(run, loop, data)
    examiner = Examiner(run.before, reals.classes, data)
    learned: list[Learned] = []
    course: list[Quality] = []
    every = max(1, run.before.rounds // LOOKS)

    def each_round(number: int, loop: Loop) -> None:
        watch.step(d_loss=loop.losses["discriminator"], g_loss=loop.losses["generator"])
        facts = dict(watch.facts)
        if not learned or facts != learned[-1].facts:
            learned.append(Learned(at=number, facts=facts))
        if number % every == 0 and len(course) < LOOKS:
            course.append(examiner(number, loop))

    train(loop, after=run.after, onset=run.first_round, each_round=each_round)
    watch.close()
    return Record(
        name=run.name,
        family=run.family,
        fault=run.fault,
        strength=run.strength,
        onset=run.first_round,
        rounds=run.before.rounds,
        images=run.before.images,
        causes=run.causes,
        learned=tuple(learned),
        history=watch.history,
        course=tuple(course),
        trouble=dict(watch.trouble),
        seconds=round(time.process_time() - began, 2),
    )


def make_all(runs: Sequence[Run], folder: Path, *, data: Path, workers: int) -> Iterator[tuple[Run, float]]:
    """Make the runs that are not there yet, each on one thread; gives each with its seconds when it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [run for run in runs if not place(folder, run.name).exists()]
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
        waiting = {pool.submit(_make, run, folder, data): run for run in missing}
        for done in as_completed(waiting):
            yield waiting[done], done.result()


def _watch(run: Run, loop: Loop, data: Path) -> Watch:
    """With what a user would tell: the objective, samples set aside, and how many there are to train on."""
    aside = held_out_reals(run.before, data).part(slice(0, HELD_OUT))
    return eq.watch(
        loop.generator,
        loop.discriminator,
        objective=run.objective,
        real=as_fed(run.before, aside.samples, 0.0, seeded_generator(0)),
        labels=aside.labels if run.before.conditional else None,
        facts={"dataset_size": float(len(loop.reals))},
        every=max(1, run.before.rounds // WATCH_LOOKS),
        on_finding=None,
    )


def _make(run: Run, folder: Path, data: Path) -> float:
    record = made(run, data)
    file = place(folder, run.name)
    unfinished = file.with_suffix(".part")
    unfinished.write_text(written(record), encoding="utf-8")
    unfinished.rename(file)
    return record.seconds


def _one_thread() -> None:
    torch.set_num_threads(1)
