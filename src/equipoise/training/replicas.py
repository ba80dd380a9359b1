"""Several processes, one run: gradients averaged before every update, networks that stay the same.

Gradients are averaged here and not by `DistributedDataParallel`, which sees one backward pass a step and is silently
wrong where there are more: a penalty of its own backward pass, accumulation, a second derivative.
"""

import torch
import torch.distributed
from torch import Tensor, nn

from equipoise.core.errors import ReplicasDiffer
from equipoise.core.exchange import others_present
from equipoise.core.processes import Processes
from equipoise.training.state import TrainState

PLAYERS = ("generator", "discriminator", "averaged_generator")


def average_gradients(module: nn.Module, processes: Processes) -> None:
    """Give every parameter the mean of all processes' gradients: that of the whole batch, as losses are means.

    One exchange for each type of number. A gradient that is missing here and there counts as zero; one that is missing
    everywhere stays so, since an optimiser passes over it.
    """
    if processes.alone:
        return
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    for kind in dict.fromkeys(parameter.dtype for parameter in parameters):
        _average([parameter for parameter in parameters if parameter.dtype == kind], processes.count)


@torch.no_grad()
def _average(parameters: list[nn.Parameter], count: int) -> None:
    """Behind the gradients travels, for each parameter, how many processes have one. It is read only if it matters."""
    present = torch.tensor([p.grad is not None for p in parameters]).to(parameters[0], non_blocking=True)
    parts = [(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in parameters]
    flat = torch.cat([*parts, present])
    with others_present():
        torch.distributed.all_reduce(flat)
    flat /= count
    *means, present = flat.split([*(p.numel() for p in parameters), len(parameters)])
    for index, (parameter, mean) in enumerate(zip(parameters, means, strict=True)):
        if parameter.grad is not None or present[index] > 0:
            parameter.grad = _laid_out(mean.view(parameter.shape), parameter)


def _laid_out(mean: Tensor, parameter: nn.Parameter) -> Tensor:
    """`mean` in its parameter's order of memory: fused optimisers read both as they lie."""
    return mean if mean.stride() == parameter.stride() else torch.empty_like(parameter).copy_(mean)


def start_alike(state: TrainState) -> None:
    """Give every process the first one's networks, weights and statistics: your own may have been made by chance."""
    if not state.processes.alone:
        with torch.no_grad(), others_present():
            for _, tensor in _tensors(state):
                torch.distributed.broadcast(tensor.data, src=0)


def require_alike(state: TrainState) -> None:
    """Raise unless all processes hold the same networks, judged by two sums over every tensor.

    Raises:
        ReplicasDiffer: in all processes at once, naming the first tensor that differs.
    """
    if state.processes.alone:
        return
    named = _tensors(state)
    mine = torch.stack([_summary(tensor) for _, tensor in named]).cpu()
    every = state.processes.gathered(mine)
    different = ~(every == every[0]).logical_or(every.isnan() & every[0].isnan()).all(dim=-1)
    for index in different.any(dim=0).nonzero().flatten().tolist():
        ranks = different[:, index].nonzero().flatten().tolist()
        raise ReplicasDiffer(
            f"`{named[index][0]}` is no longer the same in all {state.processes.count} processes after "
            f"{state.images_seen:,} images: it differs from the first one's in process {_listed(ranks)}. A network "
            "that keeps statistics of its own batch, or changes its weights by chance, cannot be trained so: use batch "
            "normalisation of PyTorch's own classes, or one process."
        )


def _tensors(state: TrainState) -> list[tuple[str, Tensor]]:
    return [
        (f"{player}.{name}", tensor)
        for player in PLAYERS
        for name, tensor in getattr(state, player).state_dict().items()
        if isinstance(tensor, Tensor)
    ]


def _summary(tensor: Tensor) -> Tensor:
    exact = tensor.detach().double().flatten()
    return torch.stack([exact.sum(), (exact * exact).sum()])


def _listed(ranks: list[int]) -> str:
    return ", ".join(map(str, ranks[:8])) + (", ..." if len(ranks) > 8 else "")
