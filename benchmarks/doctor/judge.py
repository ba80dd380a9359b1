"""How good the doctor is: who was harmed, who was alarmed, how soon, and whether the right cause came first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from benchmarks.doctor.baselines import Baseline
from benchmarks.doctor.outcome import LEAST_MODES, Band
from benchmarks.doctor.record import Record
from benchmarks.doctor.replay import Verdict, replayed
from equipoise.metrics import wilson_interval


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One run with its verdict. `kind` is healthy, harmful, harmless, or sick: bad without a fault."""

    record: Record
    verdict: Verdict
    kind: str
    left: int

    @cached_property
    def alarm(self) -> int | None:
        """The first alarm that can be due to the fault."""
        return self.verdict.alarm_since(self.record.onset)

    @property
    def too_early(self) -> bool:
        """Alarmed although the fault was still to come."""
        return bool(self.verdict.alarms) and self.verdict.alarms[0] < self.record.onset

    @property
    def place(self) -> int | None:
        """Where the first right cause stands among those given, from 1; None if it is not there."""
        ranked = [name in self.record.causes for name in self.verdict.causes]
        return ranked.index(True) + 1 if True in ranked else None

    @property
    def named(self) -> str:
        """The cause given first, for the confusion matrix."""
        if self.alarm is None:
            return "(no alarm)"
        return "(right)" if self.place == 1 else self.verdict.causes[0]

    @property
    def delay(self) -> float | None:
        """From leaving the healthy band to the alarm, as a share of the run; negative is in advance."""
        return None if self.alarm is None else (self.alarm - max(self.left, self.record.onset)) / self.record.rounds


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    total: int

    @classmethod
    def of(cls, flags: Iterable[bool]) -> "Share":
        """How many are true."""
        known = list(flags)
        return cls(count=sum(known), total=len(known))

    def __str__(self) -> str:
        if not self.total:
            return "none"
        interval = wilson_interval(self.count, self.total)
        return f"{self.count}/{self.total} = {self.count / self.total:.1%} ({interval.low:.1%} to {interval.high:.1%})"


def judged(records: Sequence[Record]) -> list[Judged]:
    """All records with their kind by outcome and the doctor's verdict."""
    bands = {family: band_of([r for r in records if r.family == family]) for family in {r.family for r in records}}
    return [_judged(record, band) for record in records if (band := bands[record.family]) is not None]


def band_of(records: Sequence[Record]) -> Band | None:
    """The healthy band of one family, None while no healthy run is there."""
    healthy = [record for record in records if record.healthy and not _lost_modes(record)]
    return Band.of([r.final for r in healthy], images=healthy[0].images) if healthy else None


def alarm_by(baseline: Baseline | None, one: Judged) -> int | None:
    """The first alarm that can be due to the fault, by the doctor (None) or by a baseline."""
    if baseline is None:
        return one.alarm
    at = baseline(one.record)
    return None if at is None or at < one.record.onset else at


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One way of raising alarms."""

    recall: Share
    false_alarms: Share
    harmless_alarmed: Share
    at: float | None
    """Median share of the run at which harmed runs were alarmed."""


def score(all_judged: Sequence[Judged], baseline: Baseline | None = None) -> Score:
    """Of the doctor, or of a baseline."""
    alarmed = {kind: [alarm_by(baseline, one) for one in runs] for kind, runs in by_kind(all_judged).items()}
    shares = {kind: Share.of(at is not None for at in alarms) for kind, alarms in alarmed.items()}
    harmed = [one.record.rounds for one in by_kind(all_judged)["harmful"]]
    times = [at / rounds for at, rounds in zip(alarmed["harmful"], harmed, strict=True) if at is not None]
    return Score(
        recall=shares["harmful"],
        false_alarms=shares["healthy"],
        harmless_alarmed=shares["harmless"],
        at=median(times) if times else None,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Causes:
    """Whether the right cause was named, among harmed runs with a known fault; `found`: among those alarmed."""

    first: Share
    first_three: Share
    first_of_found: Share


def causes(all_judged: Sequence[Judged]) -> Causes:
    """Of the doctor."""
    known = [one for one in all_judged if one.kind == "harmful" and one.record.causes]
    return Causes(
        first=Share.of(one.alarm is not None and one.place == 1 for one in known),
        first_three=Share.of(one.alarm is not None and (one.place or 9) <= 3 for one in known),
        first_of_found=Share.of(one.place == 1 for one in known if one.alarm is not None),
    )


def unknowns(all_judged: Sequence[Judged]) -> Share:
    """Harmed by what no rule knows: alarmed, and no wrong cause given with confidence."""
    harmed = [one for one in all_judged if one.kind == "harmful" and not one.record.causes]
    return Share.of(one.alarm is not None and not one.verdict.mechanisms for one in harmed)


def by_kind(all_judged: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    """Healthy, harmful, harmless and sick."""
    kinds = ("healthy", "harmful", "harmless", "sick")
    return {kind: [one for one in all_judged if one.kind == kind] for kind in kinds}


def by_fault(all_judged: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    """Harmed runs of each fault, in the catalogue's order."""
    harmed = [one for one in all_judged if one.kind == "harmful"]
    return {fault: [one for one in harmed if one.record.fault == fault] for fault in _in_order(harmed)}


def confusion(all_judged: Sequence[Judged]) -> Mapping[str, Counter[str]]:
    """For each fault how often each cause was given first."""
    return {fault: Counter(one.named for one in runs) for fault, runs in by_fault(all_judged).items()}


def _judged(record: Record, band: Band) -> Judged:
    harmed = _lost_modes(record) if record.healthy else band.harmed(record.final)
    kind = ("sick" if harmed else "healthy") if record.healthy else "harmful" if harmed else "harmless"
    return Judged(record=record, verdict=replayed(record), kind=kind, left=band.left(record.course))


def _lost_modes(record: Record) -> bool:
    """Outside the absolute part of the rule, which needs no band."""
    final = record.final
    wrong_class = not record.images and final.accuracy is not None and final.accuracy < 0.7
    return (final.modes is not None and final.modes < LEAST_MODES) or wrong_class


def _in_order(runs: Sequence[Judged]) -> list[str]:
    return list(dict.fromkeys(one.record.fault for one in runs))
