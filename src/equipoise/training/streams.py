"""The random streams of a run: one set a process, kept in its checkpoints, or made anew where their number changes."""

from collections.abc import Mapping

import torch
from torch import Tensor

from equipoise.core.errors import CheckpointError
from equipoise.core.randomness import derived_seed, global_random_state, restore_global_random_state
from equipoise.training.state import TrainState

_OWN, _GLOBAL, _ALL = "random.latents", "random.global.", "random.processes."


def all_streams(state: TrainState) -> dict[str, Tensor]:
    """Every process's streams by the names they have in a checkpoint; the same in all processes, which all must ask.

    One process keeps its own and torch's global ones of every device. Of several, each plays on one device, and what
    they hold is stacked in the order of their ranks.
    """
    if state.processes.alone:
        return {_OWN: state.rng.get_state()} | {
            f"{_GLOBAL}{name}": value for name, value in global_random_state().items()
        }
    mine = {"latents": state.rng.get_state(), "cpu": torch.get_rng_state()}
    if state.device.type == "cuda":
        mine["device"] = torch.cuda.get_rng_state(state.device)
    return {f"{_ALL}{name}": state.processes.gathered(stream) for name, stream in mine.items()}


def restore_streams(state: TrainState, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `all_streams` gave, in a run of as many processes.

    Raises:
        CheckpointError: the streams are those of another kind of device.
    """
    rank = state.processes.rank
    try:
        if state.processes.alone:
            state.rng.set_state(tensors[_OWN])
            restore_global_random_state(_within(tensors, _GLOBAL))
            return
        mine = {name: stacked[rank].clone() for name, stacked in _within(tensors, _ALL).items()}
        state.rng.set_state(mine["latents"])
        torch.set_rng_state(mine["cpu"])
        if state.device.type == "cuda":
            torch.cuda.set_rng_state(mine["device"], state.device)
    except (RuntimeError, KeyError) as error:
        raise CheckpointError(
            f"The checkpoint was written on another kind of device than {state.device}, where its random streams mean "
            "nothing. Resume on a device of the kind in environment.json."
        ) from error


def renew_streams(state: TrainState) -> None:
    """Streams that nobody has drawn from yet, fixed by the run's seed, its position and this process's rank."""
    position = (state.images_seen, state.processes.count, state.processes.rank)
    seed = state.rng.initial_seed()
    state.rng.manual_seed(derived_seed(seed, *position, 0))
    torch.manual_seed(derived_seed(seed, *position, 1))


def _within(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
