"""Where rows stand."""

import pytest

from equipoise.intake.axis import Position


def place(position: Position, **row: float) -> int:
    position.note({name.replace("_of", " (of)"): float(value) for name, value in row.items()})
    return position.next()


def places(*rows: dict[str, float]) -> list[int]:
    position = Position()
    return [place(position, **row) for row in rows]


def test_epoch_and_batch_are_joined_to_steps():
    position = Position()
    got = []
    for epoch in (0, 1, 2):
        for batch in (0, 400, 900):
            got.append(place(position, Epoch=epoch, Epoch_of=200, Batch=batch, Batch_of=938))
    assert got == [0, 400, 900, 938, 1338, 1838, 1876, 2276, 2776]
    assert (position.unit, position.planned) == ("steps", 200 * 938)


def test_a_log_that_begins_in_a_later_epoch_begins_there():
    row = {"Epoch": 3, "Epoch_of": 200, "Batch": 40, "Batch_of": 938}
    assert places(row) == [3 * 938 + 40]


def test_one_line_an_epoch_with_the_same_last_batch():
    rows = [{"Epoch": epoch, "Batch": 937, "Batch_of": 938} for epoch in (0, 1, 2, 10)]
    assert places(*rows) == [937, 937 + 938, 937 + 2 * 938, 937 + 10 * 938]


def test_iterations_without_a_total_are_joined_by_their_own_rhythm():
    rows = [{"epoch": epoch, "iters": iters} for epoch in (1, 2) for iters in (100, 200, 300)]
    assert places(*rows) == [100, 200, 300, 500, 600, 700]


def test_a_step_that_counts_the_whole_run_is_left_alone():
    position = Position()
    for step in range(50, 500, 50):
        assert place(position, Epoch=step // 100, Epoch_of=10, global_step=step, global_step_of=1000) == step
    assert position.planned == 1000


def test_a_restart_goes_on_and_a_rewind_waits():
    position = Position()
    got = [place(position, step=step) for step in (100, 200, 300, 250, 350, 0, 100)]
    assert got == [100, 200, 300, 300, 350, 450, 550]
    assert got == sorted(got)
    assert (position.restarts, position.rewinds) == ([450], 1)


@pytest.mark.parametrize(
    ("row", "unit", "at"),
    [({"kimg": 4.5}, "images", 4500), ({"cur_nimg": 64}, "images", 64), ({"epoch": 7}, "epochs", 7), ({}, "rows", 0)],
)
def test_units(row, unit, at):
    position = Position()
    assert (place(position, **row), position.unit) == (at, unit)


def test_junk_is_no_position():
    assert places({"step": float("nan")}, {"step": float("inf")}, {"step": 1e300}, {"step": 5.0}) == [0, 1, 2, 5]


def test_a_heading_cannot_take_the_axis_back():
    position = Position()
    place(position, step=500)
    position.note({"step": 100.0, "best fid": 3.0}, heading=True)
    assert position.next() == 500
