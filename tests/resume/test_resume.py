"""A run that stops and goes on is the run that never stopped, to the bit."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import safe_open

import equipoise as eq

STEP = 16
SMALL = {
    "training.batch_size": STEP,
    "training.trackers": [],
    "training.read_every": 1,
    "training.looks": 2,
    "training.engine": "eager",  # `auto` weighs time, and two runs are compared
}
NARROW = {"generator.width": 8, "discriminator.width": 8, "data.size": 16}
MINIBATCH = {"discriminator.minibatch": "discrimination", "discriminator.packing": 2, "generator.mode_seeking": 1.0}
DECAY = {"training.decay": "exponential", "training.decay_rate": 0.5, "training.micro_batches": 2}

RUNS = {
    "gan": {},
    "dcgan": NARROW,
    "wgan": NARROW,
    "wgan-gp": DECAY,
    "sngan": NARROW,
    "cgan": NARROW | {"training.precision": "bfloat16"},
    "gan fused": {"training.engine": "fused"},
    "wgan-gp fused": DECAY | {"training.engine": "fused", "training.probe_every": 3},
    "gan with everything": MINIBATCH | {"constraints.r1.weight": 1.0, "constraints.r1.every": 3},
}


def final_state(run: Path) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    newest = max((run / "checkpoints").glob("*.safetensors"))
    with safe_open(newest, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        counters = json.loads(file.metadata()["counters"])
    del counters["seconds"]
    return tensors, counters


def readings(run: Path) -> list[object]:
    lines = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    return [(line["images"], line["signals"]) for line in lines if "loss/generator" in line.get("signals", {})]


@pytest.mark.parametrize("name", RUNS)
def test_ten_and_ten_steps_equal_twenty(name: str, tmp_path: Path) -> None:
    recipe, settings = name.split(" ")[0], SMALL | RUNS[name]
    cycle = STEP * eq.preset(recipe).training.d_steps
    whole, parts = tmp_path / "whole", tmp_path / "parts"

    eq.train("digits", recipe=recipe, out=whole, images=20 * cycle, settings=settings, show_progress=False)
    eq.train("digits", recipe=recipe, out=parts, images=10 * cycle, settings=settings, show_progress=False)
    torch.manual_seed(12345)  # a new process would not find the old one's global stream either
    eq.resume(parts, images=20 * cycle, show_progress=False)

    (expected, counted), (found, counted_again) = final_state(whole), final_state(parts)
    assert counted == counted_again
    assert expected.keys() == found.keys()
    different = [key for key in expected if not torch.equal(expected[key], found[key])]
    assert different == []
    assert readings(whole) == readings(parts)


def test_looking_and_reading_more_often_changes_no_weight(tmp_path: Path) -> None:
    for name, often in (("seldom", {}), ("often", {"training.looks": 20, "training.checkpoint_seconds": 0.001})):
        settings = SMALL | NARROW | {"training.read_every": 7} | often
        eq.train("digits", recipe="cgan", out=tmp_path / name, images=20 * STEP, settings=settings, show_progress=False)
    (expected, _), (found, _) = final_state(tmp_path / "seldom"), final_state(tmp_path / "often")
    assert [key for key in expected if not torch.equal(expected[key], found[key])] == []


def test_a_fused_run_that_is_probed_and_looked_at_is_the_same_run(tmp_path: Path) -> None:
    for name, often in (("seldom", {"training.probe_every": 1000}), ("often", {"training.probe_every": 2})):
        settings = SMALL | {"training.engine": "fused", "training.read_every": 7} | often
        eq.train("digits", recipe="gan", out=tmp_path / name, images=20 * STEP, settings=settings, show_progress=False)
    (expected, _), (found, _) = final_state(tmp_path / "seldom"), final_state(tmp_path / "often")
    assert [key for key in expected if not torch.equal(expected[key], found[key])] == []
