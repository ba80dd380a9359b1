"""Who does what in a run of several processes: all read the steps, the first alone looks, probes, writes and speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from equipoise.core.processes import Processes
from equipoise.core.steps import DiscriminatorRecord, GeneratorRecord
from equipoise.training.doctor import Consultation, Doctor
from equipoise.training.loop import BeginProbe, Evaluate, Evaluated, FinishProbe, Look, ReadSteps, Signals, Surroundings
from equipoise.training.records import gathered_records
from equipoise.training.state import TrainState
from equipoise.training.step import joined_discriminator_records, joined_generator_records
from equipoise.training.stopping import EndOfRun, StopAdviser


def led(around: Surroundings, processes: Processes) -> Surroundings:
    """`around` with every measurement shared, so that all processes hear the same and decide the same.

    What a step shows is gathered from all; probes, looks, evaluations and the words of doctor and stop adviser are the
    first process's, told to all.
    """
    if processes.alone:
        return around
    return replace(
        around,
        read=_reading_all(around.read, processes),
        probe=_probing_first(around.probe, processes),
        look=_looking_first(around.look, processes),
        doctor=LedDoctor(doctor=around.doctor, processes=processes),
        adviser=LedStopAdviser(adviser=around.adviser, processes=processes),
        evaluate=None if around.evaluate is None else _evaluating_first(around.evaluate, processes),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LedDoctor:
    """The first process's doctor, whose word all hear."""

    doctor: Doctor
    processes: Processes

    def hear(self, images: int, signals: Mapping[str, float]) -> None:
        """One reading of some signals, which is the same everywhere."""
        if self.processes.first:
            self.doctor.hear(images, signals)

    def consult(self) -> Consultation:
        """What the first process's doctor says."""
        return self.processes.from_first(self.doctor.consult)


@dataclass(frozen=True, kw_only=True, slots=True)
class LedStopAdviser:
    """The first process's stop adviser, whose word all hear."""

    adviser: StopAdviser
    processes: Processes

    def hear(self, images: int, signals: Mapping[str, float]) -> None:
        """One reading of some signals, which is the same everywhere."""
        if self.processes.first:
            self.adviser.hear(images, signals)

    def end(self, state: TrainState) -> EndOfRun | None:
        """What the first process's adviser says."""
        return self.processes.from_first(lambda: self.adviser.end(state))


def _evaluating_first(evaluate: Evaluate, processes: Processes) -> Evaluate:
    def evaluating(state: TrainState) -> Evaluated:
        return processes.from_first(lambda: evaluate(state))

    return evaluating


def _reading_all(read: ReadSteps, processes: Processes) -> ReadSteps:
    def reading(d_record: DiscriminatorRecord, g_record: GeneratorRecord) -> Signals:
        return read(
            joined_discriminator_records(gathered_records(d_record, processes)),
            joined_generator_records(gathered_records(g_record, processes)),
        )

    return reading


def _probing_first(probe: BeginProbe, processes: Processes) -> BeginProbe:
    def begin(state: TrainState) -> FinishProbe:
        begun: list[FinishProbe] = []
        processes.from_first(lambda: begun.extend([probe(state)]))

        def finish() -> Signals:
            measure: Callable[[], Signals] = begun[0] if begun else dict  # the others only wait
            return processes.from_first(measure)

        return finish

    return begin


def _looking_first(look: Look, processes: Processes) -> Look:
    def looking(state: TrainState) -> tuple[Signals, Path]:
        return processes.from_first(lambda: look(state))

    return looking
