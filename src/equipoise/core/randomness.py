"""Random streams that a run can name, store and restore."""

import torch
from torch import Tensor

_MASK = (1 << 64) - 1


def seeded_generator(seed: int, *, device: torch.device | str = "cpu") -> torch.Generator:
    """A stream of its own, so that nobody else's draws can shift it."""
    return torch.Generator(device=device).manual_seed(seed)


def derived_seed(seed: int, *purpose: int) -> int:
    """A seed for one purpose (an epoch, a rank): fixed by `seed` and `purpose`, unlike its neighbours'.

    One step of splitmix64 (Steele et al. 2014) on the seed and on each number, so that seed 0 at purpose 2 and seed 1
    at purpose 1 have nothing in common.
    """
    state = _mixed(seed)
    for number in purpose:
        state = _mixed(state + number)
    return state >> 1  # torch takes seeds below 2**63


def _mixed(number: int) -> int:
    state = (number + 0x9E3779B97F4A7C15) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)


def global_random_state() -> dict[str, Tensor]:
    """Torch's global streams (dropout draws from them), one entry a device."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states |= {f"cuda:{index}": state for index, state in enumerate(torch.cuda.get_rng_state_all())}
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def restore_global_random_state(states: dict[str, Tensor]) -> None:
    """Put back what `global_random_state` returned. Streams of devices absent here are left out."""
    torch.set_rng_state(states["cpu"])
    for index in range(torch.cuda.device_count()):
        if f"cuda:{index}" in states:
            torch.cuda.set_rng_state(states[f"cuda:{index}"], index)
    if torch.backends.mps.is_available() and "mps" in states:
        torch.mps.set_rng_state(states["mps"])
