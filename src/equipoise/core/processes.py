"""The processes that `torchrun` starts to play one game together, each on its own share of every batch.

They hold the same networks and take the same decisions at the same time; the first alone writes and speaks. What only
the first can do, it does while the others wait (`from_first`), and what it finds is told to all, an error too: so no
process waits for one that has left. Where there is one process, nothing here does anything.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from equipoise.core.errors import OtherProcessFailed, ReplicasDiffer, SettingError, TrainingDiverged
from equipoise.core.exchange import apart, others_present
from equipoise.core.meeting import meeting_place

PATIENCE = timedelta(hours=1)
"""How long a process waits for another before it gives up: longer than any one look at a run takes."""

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Processes:
    """Which of how many this process is; by default the only one. `local_rank` counts within its machine."""

    rank: int = 0
    count: int = 1
    local_rank: int = 0

    @property
    def alone(self) -> bool:
        """There is one process."""
        return self.count == 1

    @property
    def first(self) -> bool:
        """This is the one that writes and speaks."""
        return self.rank == 0

    def share(self, whole: Tensor) -> Tensor:
        """This process's part of a batch: the rank-th of `count` equal slices. The batch must divide evenly."""
        assert len(whole) % self.count == 0
        size = len(whole) // self.count
        return whole[self.rank * size : (self.rank + 1) * size]

    def from_first(self, make: Callable[[], Value]) -> Value:
        """What the first process makes, told to all; the others wait for it.

        Raises:
            OtherProcessFailed: in the others, where the first raised; there its own error goes on.
        """
        if self.alone:
            return make()
        if not self.first:
            made, value = self._told(None)
            if not made:
                raise OtherProcessFailed("The first process of this run failed; what it printed tells why.")
            return value  # type: ignore[no-any-return]
        try:
            with apart():
                value = make()
        except Exception:
            self._told((False, None))
            raise
        self._told((True, value))
        return value

    def first_then_others(self, make: Callable[[], Value]) -> Value:
        """What `make` gives in each process; the others begin when the first has come through, as `from_first`."""
        mine: list[Value] = []
        self.from_first(lambda: mine.append(make()))
        return mine[0] if mine else make()

    def agreed(self, seconds: float, stop: bool) -> tuple[float, bool]:
        """The first process's `seconds`, and whether anybody wants to `stop`: the same answer in all."""
        if self.alone:
            return seconds, stop
        said = torch.tensor([seconds if self.first else 0.0, float(stop)], dtype=torch.float64)
        with others_present():
            torch.distributed.all_reduce(said)
        return float(said[0]), bool(said[1] > 0)

    def largest(self, value: float) -> float:
        """The largest of the processes' values."""
        return max(self.all_of(value))

    def all_of(self, value: Value) -> list[Value]:
        """Every process's value, in the order of their ranks, in each of them."""
        if self.alone:
            return [value]
        every: list[Any] = [None] * self.count
        with others_present():
            torch.distributed.all_gather_object(every, value)
        return every

    def gathered(self, tensor: Tensor) -> Tensor:
        """Every process's tensor, stacked in the order of their ranks, in each of them; without a graph."""
        if self.alone:
            return tensor.detach()[None]
        every = [torch.empty_like(tensor, memory_format=torch.contiguous_format) for _ in range(self.count)]
        with others_present():
            torch.distributed.all_gather(every, tensor.detach().contiguous())
        return torch.stack(every)

    def _told(self, value: Any) -> Any:
        told = [value]
        with others_present():
            torch.distributed.broadcast_object_list(told, src=0, device=torch.device("cpu"))
        return told[0]


ALONE = Processes()


def processes_here() -> Processes:
    """What `torchrun` has put into this process's environment; `ALONE` where it has not.

    Raises:
        SettingError: the environment speaks of several processes and does not say how they meet.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return ALONE
    missing = [name for name in ("RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
    if missing:
        raise SettingError(
            f"The environment says WORLD_SIZE={count}, but has no {', '.join(missing)}. Start the processes with "
            f"`torchrun --standalone --nproc-per-node {count} -m equipoise ...`, or unset WORLD_SIZE."
        )
    return Processes(rank=int(os.environ["RANK"]), count=count, local_rank=int(os.environ["LOCAL_RANK"]))


@contextmanager
def joined(processes: Processes) -> Iterator[None]:
    """Inside, the processes can exchange values: on the CPU by gloo, on CUDA devices by NCCL.

    An error that all of them meet at once is told by the first alone.
    """
    if processes.alone:
        yield
        return
    # Its functions have the group of that moment as a default. Imported later, as making an optimiser does, they would
    # keep the group and its threads until the interpreter has gone, and a thread that then wants it ends the process.
    import torch.distributed.nn.functional

    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    store, _, _ = next(rendezvous("env://", rank=processes.rank, world_size=processes.count))
    torch.distributed.init_process_group(
        backend,
        timeout=PATIENCE,
        store=meeting_place(store, rank=processes.rank, count=processes.count),
        rank=processes.rank,
        world_size=processes.count,
    )
    try:
        yield
    except (TrainingDiverged, ReplicasDiffer) as error:
        raise error if processes.first else OtherProcessFailed(str(error)) from error
    finally:
        torch.distributed.destroy_process_group()
