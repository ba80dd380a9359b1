"""How somebody else's networks are called: with labels or without, and in which order."""

import inspect
import re
from dataclasses import dataclass

from torch import Tensor, nn

from equipoise.core.errors import NetworkError

_LABEL = re.compile(r"(y|c|cls|class.*|(.*_)?labels?|targets?|cond.*)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class CallOrder:
    """Whether labels are handed over, and whether they come first."""

    labels: bool = False
    labels_first: bool = False

    def __call__(self, module: nn.Module, inputs: Tensor, labels: Tensor | None) -> object:
        """The module's output, whatever it is."""
        if not self.labels:
            return module(inputs)
        return module(labels, inputs) if self.labels_first else module(inputs, labels)

    def __str__(self) -> str:
        if not self.labels:
            return "(inputs)"
        return "(labels, inputs)" if self.labels_first else "(inputs, labels)"


def call_orders(module: nn.Module, *, player: str, has_labels: bool) -> tuple[CallOrder, ...]:
    """What the signature of `forward` allows, likeliest first: where labels are optional, with them and without.

    Raises:
        NetworkError: it wants labels and there are none.
    """
    positional = _positional(module)
    if len(positional) < 2:
        return (CallOrder(),)
    first, second = positional[:2]
    optional = second.default is not inspect.Parameter.empty
    if optional and not (has_labels and _is_label(second)):
        return (CallOrder(),)
    if not has_labels:
        raise NetworkError(
            f"The {player}'s forward{inspect.signature(unwrapped(module).forward)} takes `{second.name}` too, but the "
            "data have no labels. Give data=(batch, labels), or labels=..."
        )
    told = CallOrder(labels=True, labels_first=_is_label(first) and not _is_label(second))
    return (told, CallOrder()) if optional else (told,)


def unwrapped(module: nn.Module) -> nn.Module:
    """The network inside DataParallel, DistributedDataParallel or a compiled module."""
    inner = getattr(module, "_orig_mod", None) or getattr(module, "module", None)
    return unwrapped(inner) if isinstance(inner, nn.Module) and _variadic(module) else module


def _positional(module: nn.Module) -> list[inspect.Parameter]:
    try:
        parameters = inspect.signature(unwrapped(module).forward).parameters.values()
    except ValueError:  # a scripted module shows none
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter for parameter in parameters if parameter.kind in kinds]


def _variadic(module: nn.Module) -> bool:
    kinds = {parameter.kind for parameter in inspect.signature(module.forward).parameters.values()}
    return inspect.Parameter.VAR_POSITIONAL in kinds


def _is_label(parameter: inspect.Parameter) -> bool:
    return _LABEL.fullmatch(parameter.name) is not None
