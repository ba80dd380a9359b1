"""From a traced step to kernels: PyTorch's compiler, with its results kept between runs."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.fx import GraphModule

from equipoise.data import cache_folder
from equipoise.training.fused.draws import UnsupportedStepError
from equipoise.training.fused.graphs import Run
from equipoise.training.fused.masks import with_masks_apart

_FOLDER = "TORCHINDUCTOR_CACHE_DIR"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """A graph's kernels, and the seconds it took to make them or to find them in the cache."""

    run: Run
    seconds: float


def compiled(graph: GraphModule, inputs: Sequence[Tensor], *, cache: Path | None = None) -> Compiled:
    """Compile `graph` for inputs like these. A second time, in this process or another, the kernels are read back.

    Raises:
        UnsupportedStepError: there is no compiler here, or it refused the graph.
    """
    began = time.monotonic()
    try:
        with _kernels_kept_in((cache or cache_folder()) / "kernels"), torch.no_grad():
            run = torch._inductor.compile(with_masks_apart(graph), list(inputs))
    except Exception as error:  # the compiler, the C++ compiler under it, or a full disk: the graph itself still runs
        reason = str(error).strip().splitlines() or [""]
        raise UnsupportedStepError(f"it cannot be compiled ({type(error).__name__}: {reason[0][:120]})") from error
    return Compiled(run=run, seconds=time.monotonic() - began)


@contextmanager
def _kernels_kept_in(folder: Path) -> Iterator[None]:
    """Unless the user has named a folder of their own, kernels lie in `folder`."""
    if _FOLDER in os.environ:
        yield
        return
    os.environ[_FOLDER] = str(folder)
    try:
        yield
    finally:
        del os.environ[_FOLDER]
