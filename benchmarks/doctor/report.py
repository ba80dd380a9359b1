"""The judgement as a table for people and as data for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from benchmarks.doctor.baselines import BASELINES, Baseline, Threshold, as_data, crossed
from benchmarks.doctor.judge import Judged, Score, Share, by_fault, by_kind, causes, confusion, score, unknowns
from equipoise.metrics import wilson_interval


def scores(all_judged: Sequence[Judged], threshold: Threshold) -> dict[str, Score]:
    """Of the doctor and of every baseline."""
    single = f"best single signal: {threshold.signal} {'>' if threshold.above else '<'} {threshold.value:.3g}"
    methods: Mapping[str, Baseline | None] = {"doctor": None, **BASELINES, single: crossed(threshold)}
    return {name: score(all_judged, baseline) for name, baseline in methods.items()}


def as_json(all_judged: Sequence[Judged], threshold: Threshold) -> dict[str, Any]:
    """Everything, run by run."""
    return {
        "runs": {kind: len(runs) for kind, runs in by_kind(all_judged).items()},
        "scores": {name: _plain(one) for name, one in scores(all_judged, threshold).items()},
        "causes": _plain(causes(all_judged)),
        "unknown_faults": _plain(unknowns(all_judged)),
        "single_signal": as_data(threshold),
        "by_fault": {fault: _of_fault(runs) for fault, runs in by_fault(all_judged).items()},
        "confusion": {fault: dict(names) for fault, names in confusion(all_judged).items()},
        "judged": [_of_run(one) for one in all_judged],
    }


def as_markdown(all_judged: Sequence[Judged], threshold: Threshold, *, split: str) -> str:
    """The tables, and the runs that went wrong by name."""
    kinds, named = by_kind(all_judged), causes(all_judged)
    counts = ", ".join(f"{len(runs)} {kind}" for kind, runs in kinds.items())
    return "\n".join(
        [
            f"# The failure zoo, {split}",
            "",
            f"{len(all_judged)} runs: {counts}. Shares with their 95 % Wilson intervals.",
            "",
            "| | harmed runs found | healthy runs alarmed | harmless faults alarmed | median first alarm |",
            "|---|---|---|---|---|",
            *(_score_row(name, one) for name, one in scores(all_judged, threshold).items()),
            "",
            f"- right cause first: {named.first} of all harmed runs; {named.first_of_found} of those found",
            f"- right cause among the first three: {named.first_three}",
            f"- faults that no rule knows, harm seen and no wrong cause given with confidence: {unknowns(all_judged)}",
            f"- alarmed before the fault had begun: {Share.of(one.too_early for one in all_judged)}",
            f"- from leaving the healthy band to the alarm, median: {_delay(kinds['harmful'])}",
            "",
            "| fault | harmed | found | cause first | in three | median alarm | given first instead |",
            "|---|---|---|---|---|---|---|",
            *(_fault_row(fault, runs) for fault, runs in by_fault(all_judged).items()),
            "",
            *_listed("Harmed and not found", [one for one in kinds["harmful"] if one.alarm is None]),
            *_listed("Healthy and alarmed", [one for one in kinds["healthy"] if one.verdict.alarms]),
            *_listed("Alarmed before the fault", [one for one in all_judged if one.too_early]),
            *_listed("Bad without a fault, left out", kinds["sick"]),
        ]
    )


def _score_row(name: str, one: Score) -> str:
    at = "" if one.at is None else f"{one.at:.0%} of the run"
    return f"| {name} | {one.recall} | {one.false_alarms} | {one.harmless_alarmed} | {at} |"


def _fault_row(fault: str, runs: Sequence[Judged]) -> str:
    row = _of_fault(runs)
    at = "" if row["at"] is None else f"{row['at']:.0%}"
    instead = ", ".join(row["instead"])
    return f"| {fault} | {row['harmed']} | {row['found']} | {row['first']} | {row['first_three']} | {at} | {instead} |"


def _of_fault(runs: Sequence[Judged]) -> dict[str, Any]:
    found = [one for one in runs if one.alarm is not None]
    times = [one.alarm / one.record.rounds for one in found if one.alarm is not None]
    return {
        "harmed": len(runs),
        "found": len(found),
        "first": sum(one.place == 1 for one in found),
        "first_three": sum((one.place or 9) <= 3 for one in found),
        "at": median(times) if times else None,
        "instead": sorted({one.named for one in found if one.place != 1}),
    }


def _delay(harmed: Sequence[Judged]) -> str:
    delays = [one.delay for one in harmed if one.delay is not None]
    return f"{median(delays):+.0%} of the run" if delays else "none"


def _of_run(one: Judged) -> dict[str, Any]:
    final = one.record.final
    return {
        "name": one.record.name,
        "kind": one.kind,
        "alarm": one.alarm,
        "first": one.verdict.first,
        "named": list(one.verdict.causes[:5]),
        "right": list(one.record.causes),
        "distance": repr(final.distance),
        "modes": final.modes,
        "accuracy": final.accuracy,
    }


def _listed(title: str, runs: Sequence[Judged]) -> list[str]:
    lines = [f"- {one.record.name}: {one.verdict.first or 'silent'}" for one in runs]
    return [f"{title}:", "", *lines, ""] if lines else []


def _plain(value: Any) -> Any:
    """Dataclasses as data, each share with its interval."""
    if isinstance(value, Share):
        if not value.total:
            return {"count": 0, "total": 0}
        interval = wilson_interval(value.count, value.total)
        return {**asdict(value), "low": interval.low, "high": interval.high}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
