"""The stop adviser of a run: it ends one that is done, says what that saves, and can be overruled."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

import equipoise as eq
from equipoise.recipes import evaluating
from equipoise.recipes.stopping import RunStopAdviser
from equipoise.training.plan import Budget
from equipoise.training.state import initial_state

VALLEY = np.concatenate([np.geomspace(100, 40, 12), np.geomspace(42, 200, 20)])
STEP = 16
SETTINGS = {
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.looks": 1,
    "generator.hidden": [8],
    "discriminator.hidden": [8],
    "training.evaluate_every": STEP,
    "training.evaluate_samples": 20,
    "training.evaluate_features": "pixels",
    "training.evaluate_metrics": ["fid"],
}


def adviser(*, stop_when_done=True, signal="quality/frechet"):
    return RunStopAdviser(signal, Budget(images=3200), stop_when_done=stop_when_done)


def told(advice, state, values=VALLEY):
    """The first position at which the run is to end."""
    for number, value in enumerate(values, start=1):
        state.images_seen, state.seconds = 100 * number, 60.0 * number
        advice.hear(state.images_seen, {"quality/frechet": float(value), "loss/generator": 1.0})
        end = advice.end(state)
        if end is not None:
            return number, end
    return None


@pytest.fixture
def state():
    player = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(player.parameters())
    return initial_state(
        generator=player,
        discriminator=player,
        g_optimizer=optimizer,
        d_optimizer=optimizer,
        seed=0,
        device=torch.device("cpu"),
    )


def test_a_run_whose_best_is_past_is_ended_and_what_that_saves_is_said(state):
    number, end = told(adviser(), state)
    assert 13 <= number <= 22
    share = 1 - number / 32
    assert end.details["share_saved"] == pytest.approx(share)
    assert end.details["seconds_saved"] == pytest.approx(60 * (32 - number))
    assert end.details["verdict"] == "worsening"
    assert end.details["best_at"] == 1200
    assert "Best was 40 at 1,200 images; it has been getting worse since" in end.sentence
    assert f"{share:.0%} of the planned run, about {32 - number}:00, is saved." in end.sentence
    json.dumps(dict(end.details), allow_nan=False)


def test_nobody_is_stopped_unasked_nor_while_it_gets_better(state):
    assert told(adviser(stop_when_done=False), state) is None
    assert told(adviser(), state, np.geomspace(100, 10, 32)) is None
    assert told(adviser(signal="quality/kernel"), state) is None
    assert told(adviser(), state, VALLEY - 60) is None


def test_what_was_heard_before_a_resume_counts(state):
    whole, resumed = adviser(), adviser()
    number, end = told(whole, state)
    resumed.recall(
        {"images": 100 * n, "signals": {"quality/frechet": v}} for n, v in enumerate(VALLEY[: number - 1], 1)
    )
    resumed.hear(100 * number, {"quality/frechet": float(VALLEY[number - 1])})
    assert resumed.end(state) == end


def test_a_run_ends_with_a_checkpoint_says_so_and_goes_on_when_told_to(tmp_path, monkeypatch):
    values = iter(VALLEY)

    def planted(*measured):
        return replace(told_of(*measured), signals={"quality/frechet": float(next(values))})

    told_of = evaluating._told
    monkeypatch.setattr(evaluating, "_told", planted)
    run, settings = tmp_path / "run", SETTINGS | {"training.stop_when_done": True}
    outcome = eq.train("digits", recipe="gan", out=run, images=100 * STEP, settings=settings, show_progress=False)
    assert not outcome.finished
    assert outcome.done is not None
    lines = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    assert lines[-1]["event"] == "stopped_when_done"
    assert lines[-1]["selection"] == "quality/frechet"
    assert outcome.checkpoint.stem == f"{lines[-1]['images']:012d}"
    assert (run / "checkpoints" / f"{11 * STEP:012d}.safetensors").exists()  # the best, at 40
    values = iter(np.full(200, 30.0))
    again = eq.resume(run, images=lines[-1]["images"] + 3 * STEP, stop_when_done=False, show_progress=False)
    assert again.finished
    assert again.done is None
