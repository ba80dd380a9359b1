"""Twenty runs in the plane that say within a minute whether the doctor still works: 5 healthy, 15 that are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.doctor.families import FAMILIES
from benchmarks.doctor.faults import FAULTS, MIDDLE, START
from benchmarks.doctor.plan import Run, planned, spoilt_run
from benchmarks.doctor.record import Record
from benchmarks.doctor.replay import replayed

_HEALTHY = (
    "ring-8 ns / healthy / as it is 1",
    "ring-8 ns / healthy / twice the learning rates 1",
    "ring-8 wgan-gp / healthy / as it is 1",
    "ring-8 sn-hinge / healthy / as it is 1",
    "ring-8 cgan / healthy / as it is 1",
)
_SPOILT: tuple[tuple[str, str, str, float], ...] = (
    ("ring-8 ns", "G's sign", "", START),
    ("ring-8 ns", "D frozen", "", START),
    ("ring-8 ns", "constant start", "", START),
    ("ring-8 ns", "double sigmoid", "", START),
    ("ring-8 ns", "G's rate too high", "x50", START),
    ("ring-8 ns", "momentum", "0.97", START),
    ("ring-8 ns", "data not scaled", "x100", START),
    ("ring-8 wgan-gp", "penalty without create_graph", "", START),
    ("ring-8 wgan-gp", "fakes keep their graph", "", MIDDLE),
    ("ring-8 wgan-gp", "penalty too strong", "x1000", START),
    ("ring-8 wgan-gp", "squashed critic", "sigmoid", START),
    ("ring-8 wgan-gp", "batch norm in the critic", "", START),
    ("ring-8 sn-hinge", "latents dropped", "", START),
    ("ring-8 sn-hinge", "G frozen", "", START),
    ("ring-8 cgan", "label dropped in D", "", START),
)
SHARE_OF_ROUNDS = 0.5
"""Of the runs that go wrong; a healthy one must have its time to become good."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Smoke:
    """Healthy and alarmed, spoilt and silent, spoilt and told another cause first: `run: what was said first`."""

    runs: int
    false_alarms: tuple[str, ...]
    missed: tuple[str, ...]
    misnamed: tuple[str, ...]


def smoke_runs() -> tuple[Run, ...]:
    """All twenty, those that go wrong shortened."""
    families = {family.name: family for family in FAMILIES}
    faults = {fault.name: fault for fault in FAULTS}
    healthy = [run for run in planned("calibration") if run.name in _HEALTHY]
    spoilt = [
        spoilt_run(families[family], faults[fault], strength, onset) for family, fault, strength, onset in _SPOILT
    ]
    return (*healthy, *(_shortened(run) for run in spoilt))


def smoke_result(records: Sequence[Record]) -> Smoke:
    """The doctor's answers beside the truth. Every fault among the fifteen harms at this strength."""
    verdicts = {record.name: (record, replayed(record)) for record in records}
    spoilt = {name: pair for name, pair in verdicts.items() if not pair[0].healthy}
    alarmed = {name: pair for name, pair in spoilt.items() if pair[1].alarm_since(pair[0].onset) is not None}
    return Smoke(
        runs=len(records),
        false_alarms=tuple(
            f"{name}: {verdict.first} at {verdict.alarms[0]}"
            for name, (record, verdict) in verdicts.items()
            if record.healthy and verdict.alarms
        ),
        missed=tuple(name for name in spoilt if name not in alarmed),
        misnamed=tuple(
            f"{name}: {verdict.causes[0]}"
            for name, (record, verdict) in alarmed.items()
            if verdict.causes[0] not in record.causes
        ),
    )


def _shortened(run: Run) -> Run:
    rounds = round(run.before.rounds * SHARE_OF_ROUNDS)
    return replace(run, before=replace(run.before, rounds=rounds), after=replace(run.after, rounds=rounds))
