"""Which module is seen at work, and which one we may run, inside whatever a loop wraps its networks in."""

from torch import nn

_DISTRIBUTED = ("DistributedDataParallel", "DistributedDataParallelCPU")
_REPLICATED = ("DataParallel", "FullyShardedDataParallel")


def called_module(module: nn.Module) -> nn.Module:
    """The module whose calls are seen.

    Inside DistributedDataParallel the network itself, which the wrapper calls; a compiled module and DataParallel as
    they stand, since what is inside them runs elsewhere.
    """
    inner = getattr(module, "module", None)
    distributed = type(module).__name__ in _DISTRIBUTED
    return called_module(inner) if distributed and isinstance(inner, nn.Module) else module


def eager(module: nn.Module) -> nn.Module:
    """The network itself, inside whatever wraps it for speed or for several devices."""
    wraps = type(module).__name__ in (*_DISTRIBUTED, *_REPLICATED)
    inner = getattr(module, "_orig_mod", None) or (getattr(module, "module", None) if wraps else None)
    return eager(inner) if isinstance(inner, nn.Module) else module
