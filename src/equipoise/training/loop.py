"""The loop: what happens after a step is written after the step. There are no callbacks."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from equipoise.core.errors import TrainingDiverged
from equipoise.core.records import Finding
from equipoise.core.steps import DiscriminatorRecord, GeneratorRecord
from equipoise.training.average import update_average
from equipoise.training.divergence import divergence
from equipoise.training.doctor import Doctor
from equipoise.training.feed import Feed
from equipoise.training.fused import Engine
from equipoise.training.game import Game
from equipoise.training.interrupt import StopRequest
from equipoise.training.journal import Journal
from equipoise.training.plan import Cadence, Plan, Stopwatch
from equipoise.training.progress import Display
from equipoise.training.retention import CheckpointFolder
from equipoise.training.schedule import Schedule
from equipoise.training.state import TrainState
from equipoise.training.stopping import EndOfRun, StopAdviser
from equipoise.training.trackers import Tracker

Signals = Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluated:
    """Metrics of the samples, as signals, as plain JSON values with their protocol, and in a line for a person."""

    signals: Signals
    details: Mapping[str, object]
    words: str


ReadSteps = Callable[[DiscriminatorRecord, GeneratorRecord], Signals]
Look = Callable[[TrainState], tuple[Signals, Path]]
Evaluate = Callable[[TrainState], Evaluated]
FinishProbe = Callable[[], Signals]
BeginProbe = Callable[[TrainState], FinishProbe]
"""Called before the last step of either player in a cycle; what it returns is called after both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a session of training ended. The run's own totals are in its `TrainState`."""

    finished: bool
    """The budget is used up; False after an interruption."""
    checkpoint: Path
    stopped_for: Finding | None = None
    """What the doctor stopped the run for, where `stop_on` asked for it."""
    done: EndOfRun | None = None
    """Why the stop adviser ended the run, where `stop_when_done` asked for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a run reads from and writes to, and who plays its steps. None of it is part of the game."""

    engine: Engine
    feed: Feed
    schedule: Schedule
    journal: Journal
    checkpoints: CheckpointFolder
    display: Display
    trackers: Sequence[Tracker]
    read: ReadSteps
    probe: BeginProbe
    look: Look
    doctor: Doctor
    adviser: StopAdviser
    evaluate: Evaluate | None = None
    """None only where the plan never evaluates."""


def train_loop(state: TrainState, game: Game, plan: Plan, around: Surroundings) -> Outcome:
    """Play until the budget is used up or somebody or something asks to stop; the last act is always a checkpoint.

    Raises:
        TrainingDiverged: a signal or a weight is no longer a finite number; nothing of it was saved.
        CheckpointError: a checkpoint could not be written; the one before it is untouched.
    """
    watch = Stopwatch(state.seconds)
    looks = Cadence(every=1.0 / plan.looks, since=plan.budget.share_used(state))
    saves = Cadence(every=plan.checkpoint_seconds, since=state.seconds)
    measured: Signals = {}
    evaluating = False
    ill: Finding | None = None
    stopping = False
    done: EndOfRun | None = None
    if state.images_seen == 0:
        first = _measure(state, around, look=True, evaluate=plan.evaluate_every is not None)
        _save(state, around, plan.selection.of(first))

    with StopRequest() as stop:
        while plan.budget.share_used(state) < 1.0 and not stopping and ill is None and done is None:
            around.schedule.apply(state)
            probing = state.g_updates % plan.probe_every == 0
            cycle = _cycle(state, game, around, probing=probing)
            update_average(state, half_life=plan.ema_half_life, images=cycle.images)
            state.seconds, stopping = state.processes.agreed(watch.seconds(), stop.requested)

            if state.g_updates % plan.read_every == 0:
                _record(state, around, around.read(cycle.d_record, cycle.g_record))
            if cycle.finish_probe is not None:
                _record(state, around, cycle.finish_probe())
                ill = _consult(state, around)
            looking = looks.due(plan.budget.share_used(state))
            evaluating = plan.evaluates_between(state.images_seen - cycle.images, state.images_seen)
            measured = _measure(state, around, look=looking, evaluate=evaluating)
            metric = plan.selection.of(measured)
            done = around.adviser.end(state) if metric is not None else None
            if saves.due(state.seconds) or (metric is not None and around.checkpoints.is_best(metric)):
                _save(state, around, metric)

        finished = plan.budget.share_used(state) >= 1.0
        unevaluated = finished and plan.evaluate_every is not None and not evaluating
        last = _measure(state, around, look=True, evaluate=unevaluated)
        checkpoint = _save(state, around, plan.selection.of({**measured, **last}))
        _close(state, around, finished=finished, ill=ill, done=done)
    return Outcome(finished=finished, checkpoint=checkpoint, stopped_for=ill, done=done)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cycle:
    d_record: DiscriminatorRecord
    g_record: GeneratorRecord
    images: int
    finish_probe: FinishProbe | None


def _cycle(state: TrainState, game: Game, around: Surroundings, *, probing: bool) -> _Cycle:
    """`d_steps` of the discriminator and one of the generator, the last of either between the halves of a probe."""
    before, finish = state.images_seen, None
    for left in reversed(range(game.d_steps)):
        real = around.feed.at(state.images_seen)
        if probing and left == 0:
            finish = around.probe(state)
        d_record = around.engine.discriminator_step(state, game, real)
    g_record = around.engine.generator_step(state, game, real)
    return _Cycle(d_record=d_record, g_record=g_record, images=state.images_seen - before, finish_probe=finish)


def _record(state: TrainState, around: Surroundings, signals: Signals) -> None:
    """Write one reading everywhere. The first value that is not finite ends the run, after it was written down."""
    around.journal.signals(state, signals)
    for tracker in around.trackers:
        tracker.signals(state.images_seen, signals)
    around.display.update(state, signals)
    around.doctor.hear(state.images_seen, signals)
    around.adviser.hear(state.images_seen, signals)
    for name, value in signals.items():
        if not math.isfinite(value):
            _consult(state, around)
            around.journal.event(state, "diverged", signal=name, value=value)
            raise TrainingDiverged(divergence(name, str(value), state))


def _consult(state: TrainState, around: Surroundings) -> Finding | None:
    """Ask the doctor, write down and show what is new; returns what the run is to be stopped for."""
    consultation = around.doctor.consult()
    for finding in consultation.begun:
        around.journal.event(state, "finding", finding=asdict(finding))
    for name in consultation.over:
        around.journal.event(state, "finding_over", finding=name)
    for trouble in consultation.trouble:
        around.journal.event(state, "rule_failed", error=trouble)
    for line in (*consultation.announced, *consultation.trouble):
        around.display.message(line)
    return consultation.stop_for


def _close(
    state: TrainState, around: Surroundings, *, finished: bool, ill: Finding | None, done: EndOfRun | None
) -> None:
    """The last word of the doctor, and how the session ended."""
    _consult(state, around)
    if ill is not None:
        around.journal.event(state, "stopped_by_doctor", finding=ill.name, severity=ill.severity)
    elif done is not None:
        around.journal.event(state, "stopped_when_done", **done.details)
        around.display.message("Stopping: going on is not expected to pay.")
    else:
        around.journal.event(state, "finished" if finished else "interrupted")


def _measure(state: TrainState, around: Surroundings, *, look: bool, evaluate: bool) -> Signals:
    """What is due now: a look, an evaluation, both or neither."""
    seen = _look(state, around) if look else {}
    return {**seen, **(_evaluation(state, around) if evaluate else {})}


def _look(state: TrainState, around: Surroundings) -> Signals:
    """Draw and measure samples."""
    signals, picture = around.look(state)
    _record(state, around, signals)
    for tracker in around.trackers:
        tracker.picture(state.images_seen, picture)
    return signals


def _evaluation(state: TrainState, around: Surroundings) -> Signals:
    """Measure samples by the metrics that were chosen, and tell what came out."""
    assert around.evaluate is not None  # the plan says whether to, the surroundings how
    found = around.evaluate(state)
    _record(state, around, found.signals)
    around.journal.event(state, "evaluated", **found.details)
    around.display.message(found.words)
    return found.signals


def _save(state: TrainState, around: Surroundings, metric: float | None) -> Path:
    try:
        path = around.checkpoints.save(
            state, journal_offset=around.journal.offset, manner=around.engine.manner, metric=metric
        )
    except TrainingDiverged:
        around.journal.event(state, "diverged", signal="weights", value="nan")
        raise
    around.journal.event(state, "checkpoint", file=path.name, metric=metric)
    return path
