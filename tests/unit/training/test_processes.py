"""Two processes are one: their steps, their runs, their ends. `two_processes.py` is what each of the two does."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

import equipoise as eq
from equipoise.constraints import CONSTRAINTS
from equipoise.core.errors import CheckpointError, SettingError
from equipoise.core.processes import ALONE, Processes, processes_here
from equipoise.core.steps import Batch
from equipoise.data import PointStore, Sampler
from equipoise.objectives import OBJECTIVES
from equipoise.training.feed import Feed

RELATIVE = 1e-6
GAMES = [f"{name} {penalty}".strip() for name in OBJECTIVES for penalty in ("", *CONSTRAINTS)]
OTHERS = [
    *("two penalties", "lazy r1", "accumulation", "mode seeking", "clipped", "spectral norm"),
    *("spectral norm with a penalty", "dropout", "packing", "labels", "a frozen layer", "dcgan", "dcgan batch norm"),
    *("dcgan batch norm under a penalty", "mlp batch norm and labels"),
]
FUSED = ["wasserstein gradient_penalty", "relativistic r1", "lazy r1", "accumulation", "dcgan", "spectral norm"]
CASES = [*GAMES, *OTHERS, *(f"{name}, fused" for name in FUSED)]
RUN = {"training.batch_size": 16, "training.trackers": [], "training.looks": 2, "training.read_every": 1}
RUN |= {"generator.hidden": [16], "discriminator.hidden": [16]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("two")


@pytest.fixture(scope="module")
def results(folder) -> list[dict[str, object]]:
    eq.train("digits", recipe="gan", out=folder / "one", images=160, settings=RUN, show_progress=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = min(free.getsockname()[1], 65_000)  # each of some twenty sessions takes the next one
    meeting = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    script = Path(__file__).with_name("two_processes.py")
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(folder)],
            env=os.environ | meeting | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    told = [process.communicate(timeout=240) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(errors for _, errors in told)
    assert [output for output, _ in told] == ["", ""]
    return [json.loads((folder / f"results-{rank}.json").read_text()) for rank in range(2)]


@pytest.mark.parametrize("name", CASES)
def test_the_steps_of_two_processes_are_those_of_one(results, name):
    for found in results:
        assert found[name] < RELATIVE


def test_no_case_is_left_out(results):
    numbers = {name for name, value in results[0].items() if isinstance(value, float)}
    assert numbers == set(CASES)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are told by name on Linux alone")
def test_no_thread_of_the_exchange_outlives_it(results):
    for found in results:
        assert found["threads within"]
        assert found["threads after"] == []


def test_a_gradient_missing_in_one_process_counts_as_zero_and_one_missing_in_all_stays_missing(results):
    for found in results:
        assert found["values"]["missing gradients"] == [[0.5, 0.5], [2.0, 4.0], None]


def test_all_take_the_time_of_the_first_and_stop_when_anybody_wants_to(results):
    assert [found["values"]["agreed"] for found in results] == [[10.0, True]] * 2


def test_what_the_first_makes_or_fails_at_is_told_to_all(results):
    assert [found["values"]["from first"] for found in results] == [0, 0]
    assert [found["values"]["first fails"][0] for found in results] == ["ReplicasDiffer", "OtherProcessFailed"]


def test_networks_that_have_drifted_apart_by_one_bit_are_named_in_all_processes(results):
    for found in results:
        assert found["values"]["alike"] == ["none", ""]
        kind, text = found["values"]["drifted"]
        assert kind == "ReplicasDiffer"
        assert "`generator.body.layers.0.weight`" in text
        assert "in process 1" in text


def test_what_is_read_of_a_step_is_that_of_the_whole_batch(results):
    expected = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, -1.0, -1.0], 0.5, 0.5]
    assert [found["values"]["record"] for found in results] == [expected] * 2


def test_each_process_draws_latents_of_its_own(results):
    first, second = (found["values"]["latents"] for found in results)
    assert first != second


def test_metrics_merged_over_processes_are_those_of_one_stream(results):
    assert all(found["values"]["metrics"] < 1e-12 for found in results)


# ---- whole runs


def last_state(run: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    with safe_open(max((run / "checkpoints").glob("*.safetensors")), framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def lines(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]


def readings(run: Path) -> list[object]:
    return [(line["images"], line["signals"]) for line in lines(run) if "loss/generator" in line.get("signals", {})]


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize("recipe", ["gan", "cgan"])
def test_ten_and_ten_steps_of_two_processes_are_twenty(folder, recipe):
    (expected, header), (found, _) = (last_state(folder / f"{recipe}-{part}") for part in ("whole", "parts"))
    assert expected.keys() == found.keys()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    assert readings(folder / f"{recipe}-whole") == readings(folder / f"{recipe}-parts")
    assert header["processes"] == "2"
    streams = found["random.processes.latents"]
    assert not torch.equal(streams[0], streams[1])


@pytest.mark.usefixtures("results")
def test_one_process_writes_the_journal(folder):
    entries = lines(folder / "gan-whole")
    assert [entry["event"] for entry in entries if entry.get("event") in ("started", "finished")] == [
        "started",
        "finished",
    ]
    images = [entry["images"] for entry in entries]
    assert images == sorted(images)
    assert json.loads((folder / "gan-whole" / "environment.json").read_text())["processes"] == 2


def test_a_run_of_two_goes_on_as_one_and_says_that_its_streams_are_new(results, folder, capfd):
    outcome = eq.resume(folder / "gan-parts", images=25 * 16)
    assert outcome.finished
    assert "The checkpoint is of 2 processes, here are 1: random streams begin anew" in capfd.readouterr().err
    assert last_state(folder / "gan-parts")[1]["processes"] == "1"


def test_a_run_of_one_goes_on_as_two(results, folder):
    assert [found["one goes on as two"] for found in results] == [True, True]
    tensors, header = last_state(folder / "one")
    assert header["processes"] == "2"
    assert json.loads(header["counters"])["images_seen"] == 320
    assert all(bool(value.isfinite().all()) for value in tensors.values() if value.is_floating_point())


def test_a_batch_that_cannot_be_divided_is_told_once(results):
    (kind, text), other = (found["odd batch"] for found in results)
    assert (kind, other[0]) == ("SettingError", "OtherProcessFailed")
    assert "`training.batch_size` is 15" in text
    assert "2 processes" in text


def test_a_folder_that_is_taken_is_told_once(results):
    assert [found["taken"][0] for found in results] == ["RunFolderError", "OtherProcessFailed"]


def test_when_one_process_is_asked_to_stop_all_save_and_end(results, folder):
    assert [found["stopped"] for found in results] == [False, False]
    last = lines(folder / "stopped")[-1]
    assert last["event"] == "interrupted"
    assert (folder / "stopped" / "checkpoints" / f"{last['images']:012d}.safetensors").exists()


def test_divergence_ends_all_and_is_told_once(results, folder):
    assert [found["diverged"][0] for found in results] == ["TrainingDiverged", "OtherProcessFailed"]
    assert [line.get("event") for line in lines(folder / "diverged")].count("diverged") == 1


def test_a_process_that_vanishes_ends_the_others_with_a_word(results):
    kind, text = results[0]["lost"]
    assert kind == "ProcessLost"
    assert text.startswith("Another process of this run has ended")


# ---- what needs no second process


@pytest.mark.parametrize("count", [1, 2, 4])
def test_processes_share_every_batch_and_the_stream_is_the_same_for_any_number_of_them(count):
    def feed(processes: Processes) -> Feed:
        numbers = torch.arange(24.0)[:, None].expand(24, 2)  # items that are their own numbers
        return Feed(
            store=PointStore(numbers.contiguous(), name="numbers"),
            sampler=Sampler(torch.arange(24), seed=5),
            batch_size=8,
            device=torch.device("cpu"),
            conditional=False,
            processes=processes,
        )

    shown: list[int] = []
    for position in range(0, 24, 8):
        parts: list[Batch] = [feed(Processes(rank=rank, count=count)).at(position) for rank in range(count)]
        whole = torch.cat([part.samples for part in parts])
        assert torch.equal(whole, feed(ALONE).at(position).samples)
        shown += whole[:, 0].long().tolist()
    assert sorted(shown) == list(range(24))


def test_an_environment_that_tells_half_is_refused(monkeypatch):
    assert processes_here() is ALONE
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(SettingError, match="WORLD_SIZE=4, but has no RANK, LOCAL_RANK, MASTER_ADDR"):
        processes_here()


def test_going_on_takes_up_the_very_run_and_is_content_when_it_is_complete(tmp_path):
    def again(images: int, **changes) -> object:
        settings = RUN | changes
        return eq.train(
            "digits",
            recipe="gan",
            out=tmp_path / "run",
            images=images,
            settings=settings,
            go_on=True,
            show_progress=False,
        )

    again(160)
    assert again(320).checkpoint.stem == f"{320:012d}"
    assert [line["event"] for line in lines(tmp_path / "run") if line.get("event") in ("started", "resumed")] == [
        "started",
        "resumed",
    ]
    before = (tmp_path / "run" / "journal.jsonl").read_bytes()
    complete = again(320)
    assert complete.finished
    assert complete.checkpoint.exists()
    assert (tmp_path / "run" / "journal.jsonl").read_bytes() == before
    with pytest.raises(CheckpointError, match="another recipe"):
        again(640, **{"generator.hidden": [8]})


def test_going_on_begins_again_where_the_first_checkpoint_was_never_written(tmp_path):
    run = tmp_path / "run"
    eq.train("digits", recipe="gan", out=run, images=160, settings=RUN, show_progress=False)
    for checkpoint in (run / "checkpoints").iterdir():
        checkpoint.unlink()
    outcome = eq.train("digits", recipe="gan", out=run, images=160, settings=RUN, go_on=True, show_progress=False)
    assert outcome.finished
    assert [line["event"] for line in lines(run) if line.get("event") in ("started", "finished")] == [
        "started",
        "finished",
    ]
