"""Checkpoints: one safetensors file each, written whole or not at all, read without running code from it.

A file holds every tensor of `TrainState` (both players, the averaged generator, both optimisers, the random streams)
under names such as `generator.net.0.weight` and `d_optimizer.3.exp_avg`, and in its header, as JSON text, the counters
and the optimisers' settings, the manner of computing, the recipe's fingerprint, the journal's length and the value of
the selection metric.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.optim import Optimizer

from equipoise.core.errors import CheckpointError
from equipoise.training.divergence import require_finite
from equipoise.training.manner import EAGER, Manner
from equipoise.training.state import TrainState
from equipoise.training.streams import all_streams, renew_streams, restore_streams

FORMAT = "equipoise checkpoint 1"
PLAYERS = ("generator", "discriminator", "averaged_generator")
OPTIMIZERS = ("g_optimizer", "d_optimizer")
COUNTERS = ("images_seen", "d_updates", "g_updates", "seconds")


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointInfo:
    """What a checkpoint's header says beside the counters."""

    fingerprint: str
    """Of the recipe and the data: a checkpoint fits only the run that wrote it."""
    journal_offset: int
    manner: Manner = EAGER
    metric: float | None = None
    """Value of the selection metric when it was saved, lower is better; None when it was not measured."""
    processes: int = 1
    """How many played; read from the file, written from the state. With another number random streams begin anew."""


def save_checkpoint(path: Path, state: TrainState, info: CheckpointInfo) -> None:
    """Write beside `path`, flush to the disk, then rename: a reader meets the old file, or the new, never half of one.

    Of several processes all must call it, since each adds its random streams; the first alone writes.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written; what was there before is untouched.
        TrainingDiverged: something in `state` is no finite number; nothing is written.
    """
    streams = all_streams(state)
    state.processes.from_first(lambda: _write(path, state, info, streams))


def _write(path: Path, state: TrainState, info: CheckpointInfo, streams: dict[str, Tensor]) -> None:
    tensors = _tensors_of(state)
    require_finite(tensors, state)
    header = {
        "format": FORMAT,
        "counters": json.dumps({name: getattr(state, name) for name in COUNTERS}),
        "optimizers": json.dumps({name: _settings(getattr(state, name)) for name in OPTIMIZERS}),
        "fingerprint": info.fingerprint,
        "journal_offset": str(info.journal_offset),
        "manner": json.dumps(asdict(info.manner)),
        "metric": json.dumps(info.metric),
        "processes": str(state.processes.count),
    }
    write_atomically(path, save(tensors | streams, metadata=header))


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` in one step, or raise `CheckpointError` and leave it as it was."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        _remove_quietly(partial)
        raise CheckpointError(
            f"Cannot write {path} ({error.strerror}). The previous checkpoint is untouched: "
            "make room or make the folder writable, then resume the run."
        ) from error


def load_checkpoint(path: Path, state: TrainState, *, fingerprint: str) -> CheckpointInfo:
    """Fill `state` from `path`. Where another number of processes wrote it, random streams begin anew.

    Raises:
        CheckpointError: the file is missing or damaged, or was written by a run of another recipe or other data.
    """
    header, tensors = _read(path)
    if header["fingerprint"] != fingerprint:
        raise CheckpointError(
            f"{path} was written by a run with another recipe, other networks or other data "
            f"(fingerprint {header['fingerprint']}, here {fingerprint}). Resume with the settings in its recipe.json, "
            "or start a new run in another folder."
        )
    for name in PLAYERS:
        getattr(state, name).load_state_dict(_within(tensors, name))
    settings = json.loads(header["optimizers"])
    for name in OPTIMIZERS:
        _restore_optimizer(getattr(state, name), settings[name], _within(tensors, name))
    for name, value in json.loads(header["counters"]).items():
        setattr(state, name, value)
    info = _info(header)
    if info.processes == state.processes.count:
        restore_streams(state, tensors)
    else:
        renew_streams(state)
    return info


def read_info(path: Path) -> CheckpointInfo:
    """The header alone, without reading a tensor."""
    with _opened(path) as file:
        return _info(_header(path, file.metadata()))


def read_module(path: Path, module: nn.Module, *, player: str = "averaged_generator") -> None:
    """Fill one network from a checkpoint, leaving the rest of the file unread."""
    with _opened(path) as file:
        _header(path, file.metadata())
        names = [name for name in file.keys() if name.startswith(f"{player}.")]
        module.load_state_dict({name.removeprefix(f"{player}."): file.get_tensor(name) for name in names})


def _tensors_of(state: TrainState) -> dict[str, Tensor]:
    """Copies of all that a checkpoint holds but for the random streams, by their names in it."""
    tensors: dict[str, Tensor] = {}
    for player in PLAYERS:
        tensors |= {f"{player}.{name}": value for name, value in copied_weights(getattr(state, player)).items()}
    for name in OPTIMIZERS:
        for index, slots in getattr(state, name).state_dict()["state"].items():
            tensors |= {f"{name}.{index}.{slot}": _copied(value) for slot, value in slots.items()}
    return tensors


def copied_weights(module: nn.Module) -> dict[str, Tensor]:
    """Every weight and statistic of `module`, ready for a safetensors file."""
    return {name: _copied(value) for name, value in module.state_dict().items()}


def _copied(value: Tensor) -> Tensor:
    """A copy of its own on the CPU: safetensors refuses two names for one memory, which tied weights have."""
    return value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)


def _settings(optimizer: Optimizer) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = optimizer.state_dict()["param_groups"]
    return groups


def _restore_optimizer(optimizer: Optimizer, groups: list[dict[str, Any]], tensors: dict[str, Tensor]) -> None:
    slots: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        index, _, slot = name.partition(".")
        slots.setdefault(int(index), {})[slot] = value
    groups = [{key: tuple(value) if key == "betas" else value for key, value in group.items()} for group in groups]
    optimizer.load_state_dict({"state": slots, "param_groups": groups})


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    with _opened(path) as file:
        header = _header(path, file.metadata())
        return header, {name: file.get_tensor(name) for name in file.keys()}


def _opened(path: Path) -> Any:  # safetensors gives its handle no public type
    try:
        return safe_open(path, framework="pt")
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint {path}.") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"{path} is truncated or damaged ({error}). Delete it; the run resumes from the checkpoint before it."
        ) from error


def _header(path: Path, metadata: dict[str, str] | None) -> dict[str, str]:
    if metadata is None or metadata.get("format") != FORMAT:
        raise CheckpointError(f"{path} is no checkpoint of this version (it should say {FORMAT!r} in its header).")
    return metadata


def _info(header: dict[str, str]) -> CheckpointInfo:
    return CheckpointInfo(
        fingerprint=header["fingerprint"],
        journal_offset=int(header["journal_offset"]),
        manner=Manner(**json.loads(header["manner"])),
        metric=json.loads(header["metric"]),
        processes=int(header.get("processes", "1")),
    )


def _within(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}."): value for name, value in tensors.items() if name.startswith(f"{prefix}.")}


def _remove_quietly(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # a read-only folder never held it
        return
