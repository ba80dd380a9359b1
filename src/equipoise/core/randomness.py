"""Random streams that a run can name, store and restore."""

import torch
from torch import Tensor


def seeded_generator(seed: int, *, device: torch.device | str = "cpu") -> torch.Generator:
    """A stream of its own, so that nobody else's draws can shift it."""
    return torch.Generator(device=device).manual_seed(seed)


def derived_seed(seed: int, *purpose: int) -> int:
    """A seed for one purpose (an epoch, a rank): fixed by `seed` and `purpose`, unlike its neighbours'.

    Two rounds of the splitmix64 finaliser a number (Steele et al. 2014), so that seeds 0, 1, 2 give unrelated streams.
    """
    mask = (1 << 64) - 1
    state = seed & mask
    for number in purpose:
        state = (state + 0x9E3779B97F4A7C15 + (number & mask)) & mask
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
        state ^= state >> 31
    return state >> 1  # torch takes seeds below 2**63


def global_random_state() -> dict[str, Tensor]:
    """Torch's global streams (dropout draws from them), one entry a device."""
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states |= {f"cuda:{index}": state for index, state in enumerate(torch.cuda.get_rng_state_all())}
    return states


def restore_global_random_state(states: dict[str, Tensor]) -> None:
    """Put back what `global_random_state` returned. Streams of devices absent here are left out."""
    torch.set_rng_state(states["cpu"])
    for index in range(torch.cuda.device_count()):
        if f"cuda:{index}" in states:
            torch.cuda.set_rng_state(states[f"cuda:{index}"], index)
