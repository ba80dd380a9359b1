"""The failure zoo in small: twenty runs are made, watched and judged, and its own yardsticks are right."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.doctor.baselines import beyond_quiet, distance_threshold
from benchmarks.doctor.faults import FAULTS, UNKNOWN
from benchmarks.doctor.judge import Judged, causes, judged, score
from benchmarks.doctor.outcome import LOOKS, Band, Quality, ending
from benchmarks.doctor.plan import planned
from benchmarks.doctor.record import Learned, Record, place, read, records, written
from benchmarks.doctor.smoke import smoke_runs

from equipoise.core.history import history_of

REPOSITORY = Path(__file__).parents[2]
ROUNDS = 160


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """What `python -m benchmarks.doctor smoke` prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.doctor", "smoke"],
        cwd=REPOSITORY,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.timeout(900)  # about 70 processor seconds, on two cores that others may share
def test_twenty_runs_are_watched_and_few_answers_are_wrong(told):
    assert told["runs"] == 20
    assert len(told["false_alarms"]) <= 2, told["false_alarms"]
    assert len(told["missed"]) <= 1, told["missed"]
    assert len(told["misnamed"]) <= 4, told["misnamed"]


def course(*distances: float, modes: float = 1.0) -> tuple[Quality, ...]:
    return tuple(Quality(at=10 * k, distance=d, modes=modes) for k, d in enumerate(distances, start=1))


def record(name: str = "family / healthy / as it is 1", fault: str = "", **changes: object) -> Record:
    readings = [(at, {"samples/marginal_distance": 0.2}) for at in range(4, ROUNDS + 1, 4)]
    plain = Record(
        name=name,
        family="family",
        fault=fault,
        strength="",
        onset=0,
        rounds=ROUNDS,
        images=False,
        causes=("generator_sign",) if fault else (),
        learned=(Learned(at=1, facts={"objective": "hinge", "penalty_weight": math.inf}),),
        history=history_of(readings, unit="steps"),
        course=course(*[1.0] * LOOKS),
        trouble={},
        seconds=1.0,
    )
    return replace(plain, **changes)


def wrong_way() -> Record:
    """Harmed, and the sign of the generator's loss is known to be wrong from round 40 on."""
    known = {"objective": "hinge", "generator_sign_wrong": True}
    learned = (Learned(at=1, facts={"objective": "hinge"}), Learned(at=40, facts=known))
    return record("family / sign", "sign", learned=learned, course=course(*[9.0] * LOOKS))


def test_a_record_is_read_back_as_it_was_written(tmp_path):
    broken = history_of([(4, {"loss": math.nan, "samples/marginal_distance": 0.25})], unit="steps")
    kept = record(course=course(1.0, math.inf), onset=7, history=broken)
    back = read(written(kept))
    assert (back.course, back.learned, back.onset, back.final) == (kept.course, kept.learned, 7, kept.final)
    assert back.history["loss"].broken_at == 4
    assert back.history["samples/marginal_distance"].values.tolist() == [0.25]
    place(tmp_path, kept.name).write_text(written(kept))
    assert [one.name for one in records(tmp_path, [kept.name, "never made"])] == [kept.name]


def test_facts_are_those_known_at_the_time():
    run = wrong_way()
    assert "generator_sign_wrong" not in run.facts_at(39)
    assert run.facts_at(40).flag("generator_sign_wrong")
    assert len(run.facts_at(0)) == 0


def test_harm_is_a_half_more_than_the_worst_healthy_run_or_lost_modes():
    band = Band.of([Quality(at=1, distance=1.0, modes=1.0), Quality(at=1, distance=2.0, modes=0.9)], images=False)
    assert not band.harmed(Quality(at=1, distance=3.0, modes=0.6))
    assert band.harmed(Quality(at=1, distance=3.01, modes=1.0))
    assert band.harmed(Quality(at=1, distance=1.0, modes=0.59))
    assert band.harmed(Quality(at=1, distance=math.inf))
    assert band.left(course(9.0, 1.0, 9.0, 9.0)) == 30


def test_classes_of_pictures_are_judged_by_the_worst_healthy_run():
    healthy = [Quality(at=1, distance=1.0, accuracy=0.5), Quality(at=1, distance=1.0, accuracy=0.8)]
    band = Band.of(healthy, images=True)
    assert not band.harmed(Quality(at=1, distance=1.0, accuracy=0.36))
    assert band.harmed(Quality(at=1, distance=1.0, accuracy=0.34))


def test_an_ending_is_the_median_of_the_last_looks():
    assert ending(course(*[5.0] * 12, 1.0, 1.0, 9.0, 1.0)).distance == 1.0


def test_the_judge_tells_found_from_missed_and_right_from_wrong():
    silent = replace(wrong_way(), name="family / silent", learned=record().learned)
    verdicts = judged([record(), wrong_way(), silent])
    assert [one.kind for one in verdicts] == ["healthy", "harmful", "harmful"]
    assert (verdicts[1].alarm, verdicts[1].place, verdicts[1].named) == (42, 1, "(right)")
    assert (verdicts[2].alarm, verdicts[2].named) == (None, "(no alarm)")
    found = score(verdicts)
    assert (found.recall.count, found.recall.total, found.false_alarms.count) == (1, 2, 0)
    assert (causes(verdicts).first.count, causes(verdicts).first_of_found.total) == (1, 1)


def test_an_alarm_before_the_fault_is_no_detection():
    early = replace(wrong_way(), onset=120)
    (verdict,) = [one for one in judged([record(), early]) if isinstance(one, Judged) and one.record.fault]
    assert verdict.too_early
    assert verdict.alarm == 122
    assert verdict.left == 10


def test_a_run_that_is_bad_without_a_fault_is_neither_healthy_nor_harmed():
    bad = record("family / healthy / b 1", course=course(*[1.0] * LOOKS, modes=0.2))
    assert [one.kind for one in judged([record(), bad])] == ["healthy", "sick"]


def test_the_simple_alarms_sound_where_they_should():
    readings = [(at, {"samples/marginal_distance": 0.2 if at < 100 else 0.31}) for at in range(4, ROUNDS + 1, 4)]
    assert beyond_quiet(record(history=history_of(readings)), "samples/marginal_distance") == 112
    assert beyond_quiet(record(), "samples/marginal_distance") is None
    assert distance_threshold(record(course=course(2.0, 1.0, 1.6, 1.6, 1.6, 1.6))) == 60
    assert distance_threshold(record(course=course(2.0, 1.0, 1.6, 1.4, 1.6, 1.6))) is None


def test_the_plan_meets_every_fault_and_enough_healthy_runs_and_repeats_no_run():
    runs = {split: planned(split) for split in ("calibration", "test")}
    assert sum(run.healthy for run in runs["test"]) >= 60
    assert {run.fault for run in runs["test"]} | {run.fault for run in runs["calibration"]} == {
        "",
        *(fault.name for fault in FAULTS),
    }
    names = [run.name for each in runs.values() for run in each]
    assert len(set(names)) == len(names)
    assert not {run.family for run in runs["test"]} & {run.family for run in runs["calibration"]}
    assert len(UNKNOWN) == 2
    assert all(fault.causes or fault in UNKNOWN for fault in FAULTS)


def test_a_fault_that_comes_late_starts_from_a_healthy_game():
    late = [run for run in planned("calibration") if run.onset > 0]
    assert late
    assert all(not run.before.mistakes and run.before != run.after for run in late)


def test_the_smoke_zoo_has_five_healthy_runs():
    assert [run.healthy for run in smoke_runs()] == [True] * 5 + [False] * 15
