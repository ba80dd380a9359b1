"""The advice on stopping that a person reads at the end of a run."""

import numpy as np

from equipoise.core.facts import Facts
from equipoise.core.history import history_of
from equipoise.reports.run_folder import RunHistory
from equipoise.reports.stopping import stopping_lines

VALLEY = np.concatenate([np.geomspace(100, 40, 12), np.geomspace(42, 200, 20)])


def run(selection="quality/frechet", **series):
    readings = [
        (1000 * number, {name.replace("__", "/"): float(value)})
        for name, values in series.items()
        for number, value in enumerate(values, start=1)
    ]
    history = history_of(readings)
    events = () if selection is None else ({"event": "started", "selection": selection},)
    return RunHistory(signals=history, facts=Facts(), events=events, images=history.end, seconds=3200.0)


def test_what_came_after_the_best_is_counted_as_lost():
    advice, missed = stopping_lines(run(quality__frechet=VALLEY))
    assert advice.startswith(
        "When to stop, by quality/frechet: Best was 40 at 12,000 images; it has been getting worse"
    )
    assert missed.startswith("With --stop-when-done it would have ended at 1")
    assert "with a best of 40 instead of 40." in missed


def test_a_run_that_gets_better_is_told_what_an_hour_more_promises():
    (line,) = stopping_lines(run(quality__frechet=100 * 0.97 ** np.arange(32)))
    assert "still improving; expected gain" in line
    assert "an hour (+-" in line


def test_of_a_metric_without_logarithm_the_best_other_judge_speaks():
    kernel = np.linspace(1, -0.001, 32)
    (line,) = stopping_lines(
        run("quality/kernel", quality__kernel=kernel, samples__sliced_wasserstein=np.geomspace(1, 0.1, 32))
    )
    assert line.startswith("When to stop, by samples/sliced_wasserstein")


def test_little_is_said_of_a_short_run_and_nothing_of_one_that_measured_nothing():
    assert stopping_lines(run(quality__frechet=np.geomspace(100, 40, 5))) == []
    assert stopping_lines(run(None, loss__generator=np.ones(40))) == []
