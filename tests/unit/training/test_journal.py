"""The journal: appended, cut back at a resume, and every line strict JSON."""

import json
import math

import pytest

from equipoise.core.errors import RunFolderError
from equipoise.training.journal import Journal


@pytest.fixture
def state(make_state):
    state = make_state()
    state.images_seen, state.seconds = 64, 1.23456
    return state


def test_signals_and_events_are_one_object_a_line(tmp_path, state):
    with Journal(tmp_path / "j") as journal:
        journal.signals(state, {"loss/generator": 0.5})
        journal.event(state, "checkpoint", file="x", metric=None)
    assert [json.loads(line) for line in (tmp_path / "j").read_text().splitlines()] == [
        {"images": 64, "seconds": 1.235, "signals": {"loss/generator": 0.5}},
        {"images": 64, "seconds": 1.235, "event": "checkpoint", "file": "x", "metric": None},
    ]


def test_numbers_that_are_not_finite_are_strings_so_that_every_line_is_json(tmp_path, state):
    with Journal(tmp_path / "j") as journal:
        journal.signals(state, {"a": math.nan, "b": math.inf, "c": -math.inf})
        journal.event(state, "diverged", value=math.nan)
    lines = [json.loads(line, parse_constant=pytest.fail) for line in (tmp_path / "j").read_text().splitlines()]
    assert lines[0]["signals"] == {"a": "nan", "b": "inf", "c": "-inf"}
    assert lines[1]["value"] == "nan"


def test_each_line_can_be_read_while_the_run_goes_on(tmp_path, state):
    with Journal(tmp_path / "j") as journal:
        for number in range(1, 4):
            journal.signals(state, {"a": 1.0})
            assert len((tmp_path / "j").read_text().splitlines()) == number
            assert journal.offset == (tmp_path / "j").stat().st_size


def test_opening_again_appends(tmp_path, state):
    for _ in range(2):
        with Journal(tmp_path / "j") as journal:
            journal.event(state, "started")
    assert len((tmp_path / "j").read_text().splitlines()) == 2


def test_a_resume_drops_what_came_after_the_checkpoint(tmp_path, state):
    with Journal(tmp_path / "j") as journal:
        journal.event(state, "kept")
        offset = journal.offset
        journal.event(state, "lost")
    with Journal(tmp_path / "j", resume_at=offset) as journal:
        assert journal.offset == offset
        journal.event(state, "new")
    assert [json.loads(line)["event"] for line in (tmp_path / "j").read_text().splitlines()] == ["kept", "new"]


def test_a_journal_cut_short_is_not_filled_up_with_zeros(tmp_path, state):
    with Journal(tmp_path / "j") as journal:
        journal.event(state, "kept")
    with Journal(tmp_path / "j", resume_at=10_000) as journal:
        journal.event(state, "new")
    assert b"\0" not in (tmp_path / "j").read_bytes()
    assert [json.loads(line)["event"] for line in (tmp_path / "j").read_text().splitlines()] == ["kept", "new"]


def test_a_journal_that_cannot_be_written_names_its_path(tmp_path):
    with pytest.raises(RunFolderError, match=r"Cannot write the journal .*missing"):
        Journal(tmp_path / "missing" / "j")
