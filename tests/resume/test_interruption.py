"""A process that is asked to stop saves and says how to go on; one that is killed loses an interval and no more."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

import equipoise as eq

REPOSITORY = Path(__file__).parents[2]
STEP = 16


@pytest.fixture(scope="module")
def robustness() -> ModuleType:
    path = REPOSITORY / "benchmarks" / "robustness" / "kill_and_resume.py"
    spec = importlib.util.spec_from_file_location("kill_and_resume", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def entries(run: Path) -> list[dict[str, object]]:
    journal = run / "journal.jsonl"
    return [json.loads(line) for line in journal.read_bytes().split(b"\n")[:-1]] if journal.exists() else []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_stop_saves_and_says_how_to_go_on(tmp_path, number):
    run = tmp_path / "run"
    arguments = ["train", "--data", "digits", "--recipe", "gan", "--time", "300s", "--out", str(run), "--set"]
    arguments += ["training.trackers=", "--set", "training.read_every=1", "--set", f"training.batch_size={STEP}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "equipoise", *arguments],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while len(entries(run)) < 10 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    output, errors = process.communicate(timeout=120)

    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "Interrupted after" in output
    assert f"equipoise resume {run}" in output
    last = entries(run)[-1]
    assert last["event"] == "interrupted"
    assert (run / "checkpoints" / f"{last['images']:012d}.safetensors").exists()
    outcome = eq.resume(run, images=last["images"] + 2 * STEP, show_progress=False)
    assert outcome.finished
    assert outcome.checkpoint.stem == f"{last['images'] + 2 * STEP:012d}"


def test_a_run_that_is_killed_three_times_ends_as_one_that_never_was(tmp_path, robustness):
    result = robustness.kill_and_resume(tmp_path, kills=3, images=2_000, seed=1, checkpoint_seconds=0.05)
    assert len(result.kills) == 3
    assert result.different == ()
    assert all(kill.images_lost >= 0 for kill in result.kills)
    assert "identical" in robustness.table(result)


def test_the_comparison_of_two_runs_sees_a_single_bit(tmp_path, robustness):
    settings = {"training.batch_size": STEP, "training.trackers": [], "generator.hidden": [8]}
    for name, rate in (("a", 1e-4), ("b", 1.0001e-4)):
        eq.train(
            "digits",
            recipe="gan",
            out=tmp_path / name,
            images=2 * STEP,
            settings=settings | {"generator.learning_rate": rate},
            show_progress=False,
        )
    differences = robustness._differences(tmp_path / "a", tmp_path / "b")
    assert any(name.startswith("generator.") for name in differences)
    assert robustness._differences(tmp_path / "a", tmp_path / "a") == []
