"""How the processes of one run find each other, at the start and again after some of them were killed.

The store in which they leave their addresses outlives them: torchrun's agent keeps it over restarts. Who reads the
address that a dead process left there waits for it for ever (seen with PyTorch 2.13, gloo, `--standalone`). So each
start has a name of its own that nobody could have left behind: the first process makes it up and tells it to those
alone that ask with a number just drawn. How often the agent has restarted would not do: agents count for themselves.
"""

import time
import uuid
from collections.abc import Callable

from torch.distributed.distributed_c10d import PrefixStore, Store

from equipoise.core.errors import ProcessLost

PATIENCE = 600.0
"""Seconds until all must have come; on a cluster they do not start at once."""
_PAUSE = 0.02


def meeting_place(store: Store, *, rank: int, count: int) -> Store:
    """The part of `store` that belongs to this start alone, the same for all `count` processes.

    Raises:
        ProcessLost: not all have come in time.
    """
    name = _host(store, count) if rank == 0 else _guest(store, rank)
    return PrefixStore(name, store)


def _host(store: Store, count: int) -> str:
    """Answer whoever asks, until all have said that they heard."""
    name, missing = uuid.uuid4().hex, set(range(1, count))

    def all_here() -> bool:
        for rank in sorted(missing):
            if store.check([f"asked/{rank}"]):
                question = store.get(f"asked/{rank}").decode()  # of a dead process perhaps: the answer hurts nobody
                store.set(f"answer/{question}", name)
            if store.check([f"heard/{name}/{rank}"]):
                missing.remove(rank)
        return not missing

    _await(all_here, "some of the others")
    return name


def _guest(store: Store, rank: int) -> str:
    question = uuid.uuid4().hex
    store.set(f"asked/{rank}", question)
    _await(lambda: bool(store.check([f"answer/{question}"])), "the first process")
    name: str = store.get(f"answer/{question}").decode()
    store.set(f"heard/{name}/{rank}", "yes")
    return name


def _await(come: Callable[[], bool], whom: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not come():
        if time.monotonic() > deadline:
            raise ProcessLost(
                f"Waited {PATIENCE / 60:.0f} minutes for {whom} to start. Check that as many processes run as "
                "WORLD_SIZE says and that MASTER_ADDR and MASTER_PORT lead to the first machine."
            )
        time.sleep(_PAUSE)
