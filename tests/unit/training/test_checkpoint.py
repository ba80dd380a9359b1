"""Checkpoints: whole or not at all, everything in them, and which ones are kept."""

import os

import pytest
import torch
from torch import nn

from equipoise.core.errors import CheckpointError, TrainingDiverged
from equipoise.core.layout import RunLayout
from equipoise.training import checkpoint as checkpoint_module
from equipoise.training.checkpoint import (
    CheckpointInfo,
    load_checkpoint,
    read_info,
    read_module,
    save_checkpoint,
    write_atomically,
)
from equipoise.training.manner import Manner
from equipoise.training.optimizers import OptimizerSettings
from equipoise.training.retention import CheckpointFolder, best_checkpoint, newest_first
from equipoise.training.step import discriminator_step, generator_step
from equipoise.training.streams import all_streams

MANNER = Manner(kind="fused", one_pass=True, onednn=True, onednn_sums=True, dense=True, winograd=True)
INFO = CheckpointInfo(fingerprint="f", journal_offset=17, manner=MANNER, metric=0.25)


def played(state, game, real, steps=2):
    for _ in range(steps):
        discriminator_step(state, game, real)
        generator_step(state, game, real)
    return state


@pytest.mark.parametrize("kind", ["adam", "rmsprop"])
def test_a_state_that_was_read_back_plays_on_as_the_one_that_was_saved(make_state, make_game, real, tmp_path, kind):
    game, settings = make_game(penalty="gradient_penalty"), OptimizerSettings(kind=kind, learning_rate=0.01)
    state = played(make_state(optimizer=settings), game, real)
    save_checkpoint(tmp_path / "c", state, INFO)
    stream = torch.get_rng_state()
    other = make_state(optimizer=settings)
    torch.manual_seed(99)
    assert load_checkpoint(tmp_path / "c", other, fingerprint="f") == INFO
    assert torch.equal(torch.get_rng_state(), stream)
    assert (other.images_seen, other.d_updates, other.g_updates) == (16, 2, 2)
    played(state, game, real), played(other, game, real)
    for player in ("generator", "discriminator", "averaged_generator"):
        for mine, theirs in zip(getattr(state, player).parameters(), getattr(other, player).parameters(), strict=True):
            assert torch.equal(mine, theirs)


def test_the_header_is_read_without_a_tensor(make_state, tmp_path, monkeypatch):
    save_checkpoint(tmp_path / "c", make_state(), INFO)
    monkeypatch.setattr(checkpoint_module, "_read", pytest.fail)
    assert read_info(tmp_path / "c") == INFO


def test_one_player_can_be_read_alone(make_state, make_game, real, tmp_path):
    state = played(make_state(), make_game(), real)
    save_checkpoint(tmp_path / "c", state, INFO)
    module = make_state().generator
    read_module(tmp_path / "c", module, player="generator")
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), state.generator.parameters(), strict=True))


def test_a_missing_checkpoint_and_one_of_another_run_are_told_apart(make_state, tmp_path):
    save_checkpoint(tmp_path / "c", make_state(), INFO)
    with pytest.raises(CheckpointError, match="There is no checkpoint"):
        load_checkpoint(tmp_path / "d", make_state(), fingerprint="f")
    with pytest.raises(CheckpointError, match=r"fingerprint f, here g"):
        load_checkpoint(tmp_path / "c", make_state(), fingerprint="g")


class Tied(nn.Module):
    """Encoder and decoder share one matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        self.second.weight = self.first.weight
        self.out = nn.Linear(3, 5)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return self.out(self.second(self.first(latents)))


def test_tied_weights_stay_tied(make_state, make_game, real, tmp_path):
    state = played(make_state(generator=Tied()), make_game(), real)
    save_checkpoint(tmp_path / "c", state, INFO)
    other = make_state(generator=Tied())
    load_checkpoint(tmp_path / "c", other, fingerprint="f")
    assert other.generator.first.weight is other.generator.second.weight
    assert torch.equal(other.generator.first.weight, state.generator.first.weight)


class Crashing:
    """`os`, in a process that dies at `replace`."""

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def replace(self, *_: object) -> None:
        raise KeyboardInterrupt


def test_a_crash_between_writing_and_renaming_leaves_the_old_file(tmp_path, monkeypatch):
    write_atomically(tmp_path / "c", b"old")
    monkeypatch.setattr(checkpoint_module, "os", Crashing())
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "c", b"new")
    assert (tmp_path / "c").read_bytes() == b"old"


def test_the_content_is_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    order = []

    class Recording(Crashing):
        def fsync(self, descriptor: int) -> None:
            order.append("flushed")
            os.fsync(descriptor)

        def replace(self, source: object, target: object) -> None:
            order.append("renamed")
            os.replace(source, target)

    monkeypatch.setattr(checkpoint_module, "os", Recording())
    write_atomically(tmp_path / "c", b"new")
    assert order == ["flushed", "renamed"]


# ---- retention


@pytest.fixture
def folder(tmp_path):
    return CheckpointFolder(RunLayout(tmp_path), fingerprint="f", keep_last=2)


def saved(folder, state, metrics):
    for number, metric in enumerate(metrics, start=1):
        state.images_seen = number
        folder.save(state, journal_offset=0, manner=Manner(), metric=metric)
    return [int(path.stem) for path in newest_first(folder.path)]


def test_the_last_few_and_the_best_are_kept(folder, make_state):
    assert saved(folder, make_state(), [3.0, 1.0, 2.0, None, 5.0, None]) == [6, 5, 2]
    assert best_checkpoint(folder.path).stem == "000000000002"


def test_the_best_is_never_let_go_however_old(folder, make_state):
    assert saved(folder, make_state(), [1.0] + [2.0] * 20) == [21, 20, 1]


def test_where_nothing_was_measured_only_the_last_few_are_kept(folder, make_state):
    assert saved(folder, make_state(), [None] * 5) == [5, 4]
    assert best_checkpoint(folder.path) is None


def test_a_metric_is_best_only_if_lower_than_all(folder, make_state):
    assert folder.is_best(9.0)
    saved(folder, make_state(), [3.0, 2.0])
    assert [folder.is_best(metric) for metric in (1.9, 2.0, 2.1)] == [True, False, False]


def test_a_damaged_checkpoint_does_not_count_as_best(folder, make_state):
    saved(folder, make_state(), [1.0, 2.0])
    (folder.path / "000000000001.safetensors").write_bytes(b"damaged")
    assert best_checkpoint(folder.path).stem == "000000000002"


def test_foreign_files_are_no_checkpoints(folder, make_state):
    (folder.path / "notes.safetensors").write_bytes(b"")
    assert saved(folder, make_state(), [1.0]) == [1]
    assert (folder.path / "notes.safetensors").exists()


@pytest.mark.parametrize("player", ["generator", "discriminator", "averaged_generator"])
def test_a_weight_that_is_no_number_is_never_saved(folder, make_state, player):
    state = make_state()
    next(getattr(state, player).parameters()).data[0, 0] = torch.inf
    with pytest.raises(TrainingDiverged, match=f"`{player}.0.weight` became not finite"):
        folder.save(state, journal_offset=0, manner=Manner(), metric=None)
    assert newest_first(folder.path) == []


def test_a_random_stream_of_another_kind_of_device_is_refused_by_name(make_state, tmp_path, monkeypatch):
    state, info = make_state(), CheckpointInfo(fingerprint="f", journal_offset=0)
    cuda_sized = {**all_streams(state), "random.latents": torch.zeros(16, dtype=torch.uint8)}
    monkeypatch.setattr(checkpoint_module, "all_streams", lambda state: cuda_sized)
    save_checkpoint(tmp_path / "c.safetensors", state, info)
    with pytest.raises(CheckpointError, match="written on another kind of device than cpu"):
        load_checkpoint(tmp_path / "c.safetensors", state, fingerprint="f")
